package dev.plimsoll.report.answer;

import dev.plimsoll.model.units.ByteUnits;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.planner.serving.DeviceMemory;
import dev.plimsoll.planner.serving.Fit;
import dev.plimsoll.planner.serving.MemoryLine;
import dev.plimsoll.planner.serving.ServingJob;
import dev.plimsoll.planner.serving.ServingMemory;
import dev.plimsoll.planner.serving.Solved;
import dev.plimsoll.planner.serving.Verdict;
import dev.plimsoll.planner.serving.Violation;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// The same answer for people: budget, lines, what is left for the cache, the verdict.
final class FitPage {
    private final FitAnswer answer;
    private final Fit fit;
    private final ServingJob job;
    private final View view;
    private final ByteUnits units;

    FitPage(FitAnswer answer, View view) {
        this.answer = answer;
        this.fit = answer.fit();
        this.job = fit.job();
        this.view = view;
        this.units = view.units();
    }

    Page page(List<Explanation> explanations) {
        List<Page.Section> sections = new ArrayList<>();
        List<Page.Fact> facts = new ArrayList<>(List.of(new Page.Fact(
                "model",
                answer.subject().name(),
                Numbers.grouped(answer.parameters()) + " parameters, "
                        + job.model().format().name())));
        facts.add(new Page.Fact("device", job.accelerator().name(), layout()));
        fit.memory().ifPresent(memory -> facts.addAll(memory(memory)));
        sections.add(new Page.Section.Facts("", facts));
        sections.add(new Page.Section.Facts("", verdict()));
        if (view.explains()) {
            sections.add(Explained.section(explanations, List.of()));
        }
        return new Page(sections);
    }

    private String layout() {
        List<String> words = new ArrayList<>();
        words.add(Numbers.grouped(job.layout().devices()) + (job.layout().devices() == 1 ? " device" : " devices"));
        degree(words, "TP", job.layout().tensor());
        degree(words, "PP", job.layout().pipeline());
        degree(words, "EP", job.layout().expert());
        degree(words, "DP", job.layout().data());
        words.add(job.engine().name() + " (" + job.engine().versions() + ")");
        return String.join(", ", words);
    }

    private static void degree(List<String> words, String name, int degree) {
        if (degree > 1) {
            words.add(name + " " + degree);
        }
    }

    private List<Page.Fact> memory(ServingMemory memory) {
        DeviceMemory device = memory.worst();
        List<Page.Fact> facts = new ArrayList<>();
        facts.add(new Page.Fact("budget", units.print(device.budget()), budget(memory, device)));
        kind(facts, device, MemoryLine.Kind.WEIGHTS, "weights");
        kind(facts, device, MemoryLine.Kind.ACTIVATIONS, "activations");
        kind(facts, device, MemoryLine.Kind.RUNTIME, "runtime");
        facts.add(new Page.Fact("KV", units.print(device.left()) + " left", cache(memory, device)));
        if (memory.stages().size() > 1) {
            facts.add(new Page.Fact(
                    "stage",
                    device.stage() + 1 + " of " + memory.stages().size(),
                    "the fullest, with " + device.layers() + " layers"));
        }
        return facts;
    }

    private String budget(ServingMemory memory, DeviceMemory device) {
        OptionalDouble share = memory.share();
        String usable = units.print(device.usable()) + " usable";
        return (share.isPresent() ? share.getAsDouble() + " x " + usable : usable) + "; "
                + job.engine().budgetSource();
    }

    private void kind(List<Page.Fact> facts, DeviceMemory device, MemoryLine.Kind kind, String name) {
        List<MemoryLine> lines =
                device.lines().stream().filter(line -> line.kind() == kind).toList();
        if (lines.isEmpty()) {
            return;
        }
        if (lines.size() == 1) {
            facts.add(new Page.Fact(name, units.print(device.bytes(kind)), note(lines.getFirst())));
            return;
        }
        facts.add(new Page.Fact(name, units.print(device.bytes(kind)), ""));
        for (MemoryLine line : lines) {
            facts.add(new Page.Fact("", "  " + units.print(line.bytes()), note(line)));
        }
    }

    private static String note(MemoryLine line) {
        return line.name() + ", " + line.provenance().word();
    }

    private String cache(ServingMemory memory, DeviceMemory device) {
        String each = units.print(device.cache().bytesPerToken()) + " a token, "
                + job.cache().name();
        String tokens = fit.tokens().isPresent()
                ? " -> " + Numbers.grouped(memory.loggedTokens()) + " tokens"
                : " -> any number of tokens";
        String longest = fit.tokens().isPresent() && fit.tokens().getAsLong() != memory.loggedTokens()
                ? ", the longest sequence " + Numbers.grouped(fit.tokens().getAsLong())
                : "";
        String sequences = fit.sequences().isPresent()
                ? ", " + Numbers.grouped(fit.sequences().getAsLong()) + " of "
                        + Numbers.grouped(job.limits().maxModelLen()) + " at once"
                : "";
        return each + tokens + longest + sequences + "; "
                + Numbers.grouped(device.cache().pageTokens()) + "-token blocks";
    }

    private List<Page.Fact> verdict() {
        List<Page.Fact> facts = new ArrayList<>();
        fit.solved().ifPresent(solved -> facts.add(solved(solved)));
        switch (fit.verdict()) {
            case Verdict.Fits(long headroom) ->
                facts.add(new Page.Fact("RESULT", "FITS", units.print(headroom) + " to spare beside " + request()));
            case Verdict.DoesNotFit(Verdict.Limit limit, long needed, long available, List<MemoryLine> largest) ->
                facts.add(new Page.Fact("RESULT", "DOES NOT FIT", cause(limit, needed, available, largest)));
            case Verdict.Invalid(List<Violation> violations) -> {
                facts.add(new Page.Fact("RESULT", "INVALID", job.engine().name() + " would refuse it"));
                violations.forEach(violation -> facts.add(
                        new Page.Fact("", "", violation.cause() + ". Would work: " + violation.remedy() + ".")));
            }
        }
        if (!answer.tries().isEmpty()) {
            facts.add(new Page.Fact("try", "", String.join(" | ", answer.tries())));
        }
        return facts;
    }

    private static Page.Fact solved(Solved solved) {
        String value = solved.value()
                .map(found -> switch (found) {
                    case Solved.Value.Count(long count) -> Numbers.grouped(count);
                    case Solved.Value.Name(String name) -> name;
                })
                .orElse("none");
        return new Page.Fact(solved.question().word(), value, "limited by " + solved.binding());
    }

    private String request() {
        long sequences = job.limits().sequences();
        return (sequences == 1 ? "one " : Numbers.grouped(sequences) + " of ")
                + Numbers.grouped(job.limits().maxModelLen())
                + (sequences == 1 ? "-token request" : " tokens");
    }

    private String cause(Verdict.Limit limit, long needed, long available, List<MemoryLine> largest) {
        String items = largest.stream()
                .map(line -> line.name() + " " + units.print(line.bytes()))
                .collect(Collectors.joining(", "));
        return switch (limit) {
            case CACHE -> {
                DeviceMemory worst = fit.memory().orElseThrow().worst();
                long cache = worst.cache()
                        .bytes(job.limits().maxModelLen(), job.limits().sequences());
                yield request() + " needs " + units.print(cache) + " of cache, and " + units.print(worst.left())
                        + " are left; the largest beside it: " + items;
            }
            case MODEL ->
                "without any cache it needs " + units.print(needed) + " of a budget of " + units.print(available)
                        + "; the largest: " + items;
        };
    }
}
