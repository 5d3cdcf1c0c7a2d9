package dev.plimsoll.planner.serving;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Cuts a model into the pieces that pipeline stages run.
///
/// The decoder's layers are dealt out in order; what stands before them (embedding, encoders, towers) is on the first
/// stage, what stands behind them (final norm, head) on the last. A tied table is on both.
final class StageSlices {
    private StageSlices() {}

    /// Layers of the part that is dealt out: the decoder's, or where there is none the encoder's.
    static long layers(Transformer model) {
        long layers = 0;
        for (LayerRun run : split(model).map(Part::runs).orElse(List.of())) {
            layers += isLayer(run.block()) ? run.count() : 0;
        }
        return layers;
    }

    /// One model for each stage.
    static List<Transformer> of(Transformer model, ServingLayout layout) {
        if (layout.pipeline() == 1) {
            return List.of(model);
        }
        List<Integer> counts = layout.layersOfStages(layers(model));
        List<Transformer> stages = new ArrayList<>();
        long before = 0;
        for (int stage = 0; stage < counts.size(); stage++) {
            stages.add(between(model, before, before + counts.get(stage), ends(stage, counts.size())));
            before += counts.get(stage);
        }
        return stages;
    }

    /// The layers from `first` on and before `last`, with what stands at the ends asked for.
    // The part that is dealt out is meant, not an equal one.
    @SuppressWarnings("ReferenceEquality")
    static Transformer between(Transformer model, long first, long last, List<End> ends) {
        Optional<Part> split = split(model);
        List<Part> parts = new ArrayList<>();
        boolean behind = false;
        for (Part part : model.parts()) {
            if (split.isPresent() && part == split.get()) {
                behind = true;
                List<LayerRun> runs = cut(part, first, last, ends);
                if (!runs.isEmpty()) {
                    parts.add(new Part(part.name(), part.kind(), part.tokens(), runs, part.lengths()));
                }
            } else if (ends.contains(behind && part.kind() == Part.Kind.POOLER ? End.BACK : End.FRONT)) {
                parts.add(part);
            }
        }
        return new Transformer(model.architecture(), parts, model.maxPositions());
    }

    /// What a stage has beside its layers.
    enum End {
        FRONT,
        BACK
    }

    private static List<End> ends(int stage, int stages) {
        List<End> ends = new ArrayList<>();
        if (stage == 0) {
            ends.add(End.FRONT);
        }
        if (stage == stages - 1) {
            ends.add(End.BACK);
        }
        return ends;
    }

    private static List<LayerRun> cut(Part part, long first, long last, List<End> ends) {
        List<LayerRun> kept = new ArrayList<>();
        long at = 0;
        for (LayerRun run : part.runs()) {
            if (!isLayer(run.block())) {
                if (ends.contains(at == 0 ? End.FRONT : End.BACK)) {
                    kept.add(run);
                }
                continue;
            }
            long from = Math.max(first, at);
            long to = Math.min(last, at + run.count());
            if (from < to) {
                kept.add(new LayerRun(run.block(), run.first() + from - at, to - from));
            }
            at += run.count();
        }
        return kept;
    }

    /// Empty where nothing is left of the model.
    private static Optional<Part> split(Transformer model) {
        return model.parts().stream()
                .filter(part -> part.kind() == Part.Kind.TEXT_DECODER)
                .findFirst()
                .or(() -> model.parts().stream().findFirst());
    }

    /// Embeddings, norms between stacks and heads are no layers.
    static boolean isLayer(Block block) {
        for (Operator operator : block.operators()) {
            switch (operator.role()) {
                case CORE_ATTENTION, RECURRENCE, FEED_FORWARD, EXPERT -> {
                    return true;
                }
                case EMBEDDING,
                        NORMALIZATION,
                        RESIDUAL,
                        QUERY_KEY_VALUE,
                        LATENT_UP_PROJECTION,
                        POSITION,
                        ATTENTION_OUTPUT,
                        INDEXER,
                        ROUTER,
                        SHARED_EXPERT,
                        RECURRENCE_PROJECTION,
                        PROJECTOR,
                        POOLER,
                        HEAD -> {}
            }
        }
        return false;
    }
}
