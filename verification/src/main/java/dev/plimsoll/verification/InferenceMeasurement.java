package dev.plimsoll.verification;

import dev.plimsoll.engine.generation.Fed;
import dev.plimsoll.engine.generation.Feed;
import dev.plimsoll.engine.generation.HeldWeights;
import dev.plimsoll.engine.generation.InferenceProgram;
import dev.plimsoll.engine.generation.LatentUse;
import dev.plimsoll.engine.generation.Logits.After;
import dev.plimsoll.engine.generation.RoutedTokens;
import dev.plimsoll.engine.generation.Sequence;
import dev.plimsoll.engine.generation.TextModel;
import dev.plimsoll.engine.generation.TextRun;
import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.OperatorWork;
import dev.plimsoll.engine.training.RandomParameters;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// What the engine does when it continues texts, with random parameters on random tokens; released tensors are poisoned.
final class InferenceMeasurement {
    private static final long SEED = 20_261_123;

    private final InferenceQuestion question;
    private final InferenceProgram program;
    private final Memory memory;
    private final Random random = new Random(SEED);
    private final Figures figures = new Figures();
    private final List<List<RoutedTokens>> routed = new ArrayList<>();

    private InferenceMeasurement(InferenceQuestion question, Memory memory) {
        this.question = question;
        this.program = InferenceProgram.of(question.transformer());
        this.memory = memory;
    }

    /// @param routed where each router sent the tokens of each decode step
    record Measured(Figures figures, List<List<RoutedTokens>> routed) {}

    static Measured of(InferenceQuestion question, Kernels kernels, Workers workers) {
        Memory memory = new Memory(new Bytes(Long.MAX_VALUE), AfterRelease.POISON);
        Machine machine = Machine.of(kernels, workers, Meter.counting(workers.count()), memory);
        return new InferenceMeasurement(question, memory).measured(machine);
    }

    private Measured measured(Machine machine) {
        InferencePlan plan = question.plan();
        RandomParameters parameters = new RandomParameters(SEED);
        try (HeldWeights weights = HeldWeights.load(program, parameters, plan.precision(), memory)) {
            TextModel model = new TextModel(program, weights, machine, plan.options(question.capacity()));
            List<Sequence> sequences = new ArrayList<>();
            question.prompts().forEach(prompt -> sequences.add(model.start()));
            prefill(model, sequences);
            cache("after the prompts", sequences);
            for (int step = 1; step <= question.steps(); step++) {
                decode(model, sequences, step);
            }
            cache("at the end", sequences);
            sequences.forEach(Sequence::release);
            TextModel expanded = new TextModel(
                    program, weights, machine, plan.options(question.capacity()).withLatents(LatentUse.KEPT_EXPANDED));
            withCache(expanded);
            withoutCache(expanded);
        }
        return new Measured(figures, routed);
    }

    /// The first pieces of all prompts together, then the second.
    private void prefill(TextModel model, List<Sequence> sequences) {
        List<List<TextRun>> pieces = question.prompts().stream()
                .map(question.plan().segments()::segments)
                .toList();
        int rounds = pieces.stream().mapToInt(List::size).max().orElse(0);
        for (int round = 0; round < rounds; round++) {
            List<Feed> feeds = new ArrayList<>();
            for (int text = 0; text < sequences.size(); text++) {
                if (round < pieces.get(text).size()) {
                    feeds.add(feed(
                            sequences.get(text), pieces.get(text).get(round).tokens()));
                }
            }
            works("prompts", model.feed(feeds, After.EVERY));
        }
    }

    private void decode(TextModel model, List<Sequence> sequences, int step) {
        Fed fed =
                model.feed(sequences.stream().map(sequence -> feed(sequence, 1)).toList(), After.NEWEST);
        works("step " + step, fed);
        figures.put("weights read in step " + step, fed.traffic().weightsRead().count());
        figures.put("cache read in step " + step, fed.traffic().cacheRead().count());
        routed.add(fed.routed());
    }

    private void works(String when, Fed fed) {
        Map<String, String> blocks = new HashMap<>();
        program.steps().forEach(step -> blocks.put(step.label(), step.block().name()));
        for (OperatorWork work : fed.works()) {
            String name = "multiply-adds of %s: %s %s".formatted(when, blocks.get(work.label()), work.operator());
            figures.add(name, work.counts().logicalMultiplyAdds());
        }
    }

    private void cache(String when, List<Sequence> sequences) {
        long needed = sequences.stream()
                .mapToLong(sequence -> sequence.needed().count())
                .sum();
        figures.put("cache needed " + when, needed);
        figures.put(
                "cache allocated " + when, memory.held(Category.KEY_VALUE_CACHE).count());
    }

    /// Token by token, each looking back at what is kept.
    private void withCache(TextModel model) {
        Sequence sequence = model.start();
        for (int token = 0; token < question.comparedTokens(); token++) {
            sums("with", model.feed(List.of(feed(sequence, 1)), After.NEWEST));
        }
        sequence.release();
    }

    /// Token by token, each time from the first token on.
    private void withoutCache(TextModel model) {
        for (int tokens = 1; tokens <= question.comparedTokens(); tokens++) {
            Sequence sequence = model.start();
            sums("without", model.feed(List.of(feed(sequence, tokens)), After.NEWEST));
            sequence.release();
        }
    }

    private void sums(String how, Fed fed) {
        for (OperatorWork work : fed.works()) {
            String name = "multiply-adds %s a cache: %s".formatted(how, kind(work));
            figures.add(name, work.counts().logicalMultiplyAdds());
        }
    }

    private String kind(OperatorWork work) {
        Operator operator = program.steps().stream()
                .filter(step -> step.label().equals(work.label()))
                .flatMap(step -> step.block().operators().stream())
                .filter(found -> found.name().equals(work.operator()))
                .findFirst()
                .orElseThrow();
        if (operator instanceof Operator.Attention) {
            return "attention";
        }
        return operator.role() == Role.HEAD ? "logits" : "projections";
    }

    private Feed feed(Sequence sequence, int tokens) {
        int[] numbers = TextStack.of(question.transformer()).tokens(random, tokens);
        List<Integer> boxed = new ArrayList<>();
        for (int number : numbers) {
            boxed.add(number);
        }
        return new Feed(sequence, boxed);
    }
}
