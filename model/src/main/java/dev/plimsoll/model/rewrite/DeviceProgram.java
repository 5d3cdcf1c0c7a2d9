package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.DeviceGrid;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Place;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.DeviceGroup;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.DeviceBlock.Holding;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/// What one device of a training run does, and what it holds.
///
/// @param rank its number, [DeviceGrid]
/// @param chunks the pieces of the model on its stage, in the order they are run
/// @param parameters what it holds, in the order of first use
/// @param sums gradients to be summed at the end of a step, over those that have only some of them; in the order of the
///     parameters
/// @param keyValueHeads of the model, by which neighbours may hold the same one
public record DeviceProgram(
        int rank,
        Parallelism parallelism,
        List<Chunk> chunks,
        List<ParameterPart> parameters,
        List<GradientSum> sums,
        long keyValueHeads) {
    /// A piece of the model.
    ///
    /// @param number among all pieces, in the order they are run: 0 reads the batch
    /// @param program its blocks; the first one's first input comes from the chunk before, the last one's first output
    ///     goes to the chunk behind
    public record Chunk(int number, TrainingProgram program) {}

    public DeviceProgram {
        chunks = List.copyOf(chunks);
        parameters = List.copyOf(parameters);
        sums = List.copyOf(sums);
    }

    public Place place() {
        return new DeviceGrid(parallelism).place(rank);
    }

    /// The ranks it acts together with, ascending.
    public List<Integer> members(DeviceGroup group) {
        return members(rank, group);
    }

    /// The ranks that another device acts together with, ascending.
    public List<Integer> members(int other, DeviceGroup group) {
        return new DeviceGrid(parallelism).members(other, group, keyValueHeads);
    }

    /// How many pieces the model is cut into over all stages.
    public int allChunks() {
        return parallelism.pipeline().degree() * parallelism.pipeline().chunks();
    }

    /// @throws InputException with every degree that does not divide what it should, or naming an operator that cannot be
    ///     divided
    public static DeviceProgram of(
            Transformer model,
            TrainingExecution execution,
            Parallelism parallelism,
            Optional<LowRankAdaptation> adaptation,
            int rank) {
        List<String> violations = DegreeCheck.violations(model, execution, parallelism);
        if (!violations.isEmpty()) {
            throw InputException.usage(
                    Text.printable(model.architecture()) + ": " + String.join("; ", violations),
                    "Choose degrees that divide what they are to divide.");
        }
        return new Builder(parallelism, rank).build(model, execution, adaptation);
    }

    private static final class Builder {
        private final Parallelism parallelism;
        private final int rank;
        private final Division division;
        private final IdentityHashMap<Block, DeviceBlock> parts = new IdentityHashMap<>();

        Builder(Parallelism parallelism, int rank) {
            this.parallelism = parallelism;
            this.rank = rank;
            this.division = new Division(parallelism, rank);
        }

        DeviceProgram build(Transformer model, TrainingExecution execution, Optional<LowRankAdaptation> adaptation) {
            TrainingProgram whole = TrainingProgram.of(model, execution, adaptation, this::part);
            List<List<TrainingProgram.Step>> split = PipelineSplit.of(whole.blocks(), parallelism.pipeline());
            int stages = parallelism.pipeline().degree();
            List<Chunk> chunks = new ArrayList<>();
            for (int number = division.place().stage(); number < split.size(); number += stages) {
                requireOneShape(split.get(number));
                chunks.add(new Chunk(number, new TrainingProgram(split.get(number), execution)));
            }
            SequencedMap<String, Holding> held = new LinkedHashMap<>();
            for (Chunk chunk : chunks) {
                for (TrainingProgram.Step step : chunk.program().blocks()) {
                    holdings(step).forEach(held::putIfAbsent);
                }
            }
            List<ParameterPart> parameters = new ArrayList<>();
            List<GradientSum> sums = new ArrayList<>();
            held.forEach((tensor, holding) -> {
                parameters.add(new ParameterPart(
                        tensor, holding.part(), holding.whole(), holding.slices(), holding.replicas()));
                if (Trainable.is(holding.whole(), execution.trained())) {
                    holding.sums().forEach(group -> sums.add(new GradientSum(tensor, group)));
                    sharedBy(holding.whole(), split).ifPresent(group -> sums.add(new GradientSum(tensor, group)));
                }
            });
            return new DeviceProgram(rank, parallelism, chunks, parameters, sums, keyValueHeads(parameters));
        }

        /// What comes with the batch is one tensor for all blocks that read it.
        private static void requireOneShape(List<TrainingProgram.Step> chunk) {
            Map<String, Value> known = new HashMap<>();
            for (TrainingProgram.Step step : chunk) {
                for (Value input : step.block().inputs()) {
                    boolean batch = input.content() == Value.Content.INDEX;
                    if (batch
                            && !known.merge(input.name(), input, (first, next) -> first)
                                    .equals(input)) {
                        throw PartOfOperator.notDivided(input.name());
                    }
                }
            }
        }

        private Block part(Block block) {
            DeviceBlock part = DeviceRewrite.of(block, division);
            parts.put(part.block(), part);
            return part.block();
        }

        private SequencedMap<String, Holding> holdings(TrainingProgram.Step step) {
            SequencedMap<String, Holding> holdings = new LinkedHashMap<>();
            DeviceBlock part = parts.get(step.block());
            if (part == null) {
                throw new IllegalStateException(step.label() + " was not rewritten");
            }
            part.holdings().values().forEach(holding -> holdings.put(tensor(step, holding.whole()), holding));
            return holdings;
        }

        private static String tensor(TrainingProgram.Step step, Parameter parameter) {
            return switch (parameter.sharing()) {
                case EACH_LAYER -> step.label() + "/" + parameter.name();
                case WHOLE_MODEL -> parameter.name();
            };
        }

        /// The stages that hold a parameter of the whole model, where there are several.
        private Optional<DeviceGroup> sharedBy(Parameter parameter, List<List<TrainingProgram.Step>> split) {
            if (parameter.sharing() == Parameter.Sharing.EACH_LAYER) {
                return Optional.empty();
            }
            int stages = parallelism.pipeline().degree();
            Set<Integer> holders = new TreeSet<>();
            for (int chunk = 0; chunk < split.size(); chunk++) {
                for (TrainingProgram.Step step : split.get(chunk)) {
                    if (holdings(step).containsKey(parameter.name())) {
                        holders.add(chunk % stages);
                    }
                }
            }
            if (holders.size() == 1) {
                return Optional.empty();
            }
            if (holders.equals(Set.of(0, stages - 1))) {
                return Optional.of(DeviceGroup.PIPELINE_ENDS);
            }
            if (holders.size() == stages) {
                return Optional.of(DeviceGroup.PIPELINE);
            }
            throw PartOfOperator.notDivided(parameter.name());
        }

        private long keyValueHeads(List<ParameterPart> parameters) {
            return parameters.stream()
                    .map(ParameterPart::whole)
                    .filter(parameter -> parameter.shape().has(Axis.KEY_VALUE_HEADS))
                    .mapToLong(parameter -> parameter.shape().size(Axis.KEY_VALUE_HEADS))
                    .min()
                    .orElse(parallelism.tensor().degree());
        }
    }
}
