package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.Parallelism.PipelineParallel;
import java.util.ArrayList;
import java.util.List;

/// Which blocks of a program stand on which chunk of a pipeline, in the order the chunks are run.
///
/// Layers as listed, or as many on each chunk; what stands before the first layer goes with the first chunk, what stands
/// behind the last one with the last.
final class PipelineSplit {
    private PipelineSplit() {}

    static List<List<TrainingProgram.Step>> of(List<TrainingProgram.Step> blocks, PipelineParallel pipeline) {
        int chunks = pipeline.degree() * pipeline.chunks();
        List<Integer> ends = ends(pipeline, layers(blocks));
        List<List<TrainingProgram.Step>> split = new ArrayList<>();
        for (int chunk = 0; chunk < chunks; chunk++) {
            split.add(new ArrayList<>());
        }
        long all = layers(blocks);
        int before = 0;
        for (TrainingProgram.Step block : blocks) {
            boolean layer = TrainingProgram.isLayer(block.block());
            int last = layer ? before : Math.max(0, before - 1);
            split.get(!layer && before == all ? chunks - 1 : chunkOf(last, ends))
                    .add(block);
            before += layer ? 1 : 0;
        }
        return split;
    }

    static long layers(List<TrainingProgram.Step> blocks) {
        return blocks.stream()
                .filter(block -> TrainingProgram.isLayer(block.block()))
                .count();
    }

    private static List<Integer> ends(PipelineParallel pipeline, long layers) {
        int chunks = pipeline.degree() * pipeline.chunks();
        List<Integer> ends = new ArrayList<>();
        int end = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            end += pipeline.layers().isEmpty()
                    ? Math.toIntExact(layers / chunks)
                    : pipeline.layers().get(chunk);
            ends.add(end);
        }
        return ends;
    }

    private static int chunkOf(int layer, List<Integer> ends) {
        int chunk = 0;
        while (layer >= ends.get(chunk)) {
            chunk++;
        }
        return chunk;
    }
}
