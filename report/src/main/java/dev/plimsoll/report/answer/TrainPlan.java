package dev.plimsoll.report.answer;

import dev.plimsoll.planner.result.Explanation;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One layout, planned: what it is, what it needs, how long it takes.
///
/// @param step empty where no device was named
/// @param remedies flags of which each makes it fit, where it does not; each was tried
/// @param flags the command line that asks for it, ready to paste
/// @param totals of the whole run
/// @param launch how another framework is told to run it; empty where that was not asked for
public record TrainPlan(
        TrainSetup setup,
        TrainMemory memory,
        Optional<TrainStep> step,
        TrainTotals totals,
        Optional<TrainLaunch> launch,
        List<String> remedies,
        String flags) {
    private static final int WIDTH = 80;

    public TrainPlan {
        remedies = List.copyOf(remedies);
    }

    List<Explanation> explanations() {
        List<Explanation> lines = new ArrayList<>(memory.explanations());
        step.ifPresent(known -> lines.addAll(known.explanations()));
        lines.addAll(totals.explanations());
        return lines;
    }

    List<Page.Section> sections(View view) {
        List<Page.Section> sections = new ArrayList<>();
        sections.add(setup.section());
        sections.addAll(memory.sections(view.units()));
        step.ifPresent(known -> sections.addAll(known.sections()));
        sections.addAll(totals.sections());
        sections.add(setup.profileSection());
        return sections;
    }

    /// What is pasted: at the page's end, where it is found.
    List<Page.Section> pasted() {
        List<Page.Section> sections = new ArrayList<>();
        launch.ifPresent(known -> sections.addAll(known.sections()));
        sections.add(new Page.Section.Verbatim("the same again", command()));
        return sections;
    }

    /// The command in lines that a shell takes as one.
    private List<String> command() {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder("plimsoll train");
        for (String option : flags.split("(?= --)", -1)) {
            String word = option.strip();
            if (line.length() + word.length() + 3 > WIDTH && !line.toString().isBlank()) {
                lines.add(line + " \\");
                line = new StringBuilder(" ");
            }
            line.append(' ').append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
