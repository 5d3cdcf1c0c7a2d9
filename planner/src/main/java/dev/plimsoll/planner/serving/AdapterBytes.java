package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.planner.result.RecordingTally;
import java.util.List;
import java.util.Optional;

/// What low-rank adapters take on one device: for each matrix of the text's layers `rank x (inputs + outputs)`, with
/// the sizes that the matrix has there. Experts, embedding and head have none.
///
/// Source: Hu et al. 2021 (LoRA), section 4.1; vllm-project/vllm, `vllm/lora/layers`, which allocates every slot at the
/// largest rank.
final class AdapterBytes {
    private AdapterBytes() {}

    static Optional<MemoryLine> of(ServingJob job, Transformer stage, Shards shards) {
        Adapters adapters = job.adapters();
        if (adapters.rank() == 0 || adapters.count() == 0) {
            return Optional.empty();
        }
        String name = "adapters";
        RecordingTally tally = new RecordingTally(name);
        for (Part part : stage.parts()) {
            boolean isText = part.kind() == Part.Kind.TEXT_DECODER || part.kind() == Part.Kind.TEXT_ENCODER;
            for (LayerRun run : part.runs()) {
                if (isText && StageSlices.isLayer(run.block())) {
                    tally.group(run.block().name());
                    count(run.block(), run.count(), part.kind(), job, shards, tally);
                }
            }
        }
        return Optional.of(new MemoryLine(
                MemoryLine.Kind.WEIGHTS,
                name,
                tally.breakdown(),
                "Hu et al. 2021 (LoRA), every matrix of the layers but experts, each slot of the full rank",
                Provenance.EXACT));
    }

    private static void count(
            Block block, long layers, Part.Kind kind, ServingJob job, Shards shards, RecordingTally tally) {
        for (Operator operator : block.operators()) {
            if (operator instanceof Operator.Linear linear && linear.weight().kind() == Parameter.Kind.MATRIX) {
                Parameter local = shards.share(kind, linear.weight(), List.of(linear));
                long inputs = local.fileDimensions().getLast();
                tally.leaf(linear.weight().name())
                        .times("adapters", job.adapters().count())
                        .times("L", layers)
                        .times("rank", job.adapters().rank())
                        .timesSum("(inputs + outputs)", 1, inputs, local.elements() / inputs)
                        .times("bytes", job.model().activations().blockBytes());
            }
        }
    }
}
