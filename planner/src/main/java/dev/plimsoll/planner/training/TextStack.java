package dev.plimsoll.planner.training;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.planner.training.TrainingMethod.FurtherTokens;
import java.util.ArrayList;
import java.util.List;

/// What of a model a pipeline deals out: the blocks before its layers, the layers, the blocks behind them.
///
/// Of a model with several parts, the text decoder, or else the first text stack; the others are left out.
record TextStack(List<Block> before, List<LayerRun> layers, List<Block> behind) {
    static TextStack of(Transformer model, FurtherTokens furtherTokens) {
        List<Block> before = new ArrayList<>();
        List<LayerRun> layers = new ArrayList<>();
        List<Block> behind = new ArrayList<>();
        List<LayerRun> runs = part(model).runs();
        int first = first(runs);
        int last = last(runs);
        for (int at = 0; at < runs.size(); at++) {
            if (at < first) {
                before.add(runs.get(at).block());
            } else if (at <= last) {
                layers.add(runs.get(at));
            } else {
                behind.add(runs.get(at).block());
            }
        }
        switch (furtherTokens) {
            case LEFT_OUT -> {}
            case TRAINED ->
                model.parts().stream()
                        .filter(part -> part.kind() == Part.Kind.NEXT_TOKENS_PREDICTION)
                        .flatMap(part -> part.runs().stream())
                        .forEach(run -> behind.add(run.block()));
        }
        return new TextStack(before, layers, behind);
    }

    /// The part that is planned.
    static Part part(Transformer model) {
        for (Part.Kind kind : List.of(Part.Kind.TEXT_DECODER, Part.Kind.TEXT_ENCODER)) {
            for (Part part : model.parts()) {
                if (part.kind() == kind) {
                    return part;
                }
            }
        }
        return model.parts().getFirst();
    }

    long count() {
        return layers.stream().mapToLong(LayerRun::count).sum();
    }

    private static int first(List<LayerRun> runs) {
        for (int at = 0; at < runs.size(); at++) {
            if (isLayer(runs.get(at))) {
                return at;
            }
        }
        return runs.size();
    }

    private static int last(List<LayerRun> runs) {
        for (int at = runs.size() - 1; at >= 0; at--) {
            if (isLayer(runs.get(at))) {
                return at;
            }
        }
        return runs.size() - 1;
    }

    /// What adds to a residual stream.
    private static boolean isLayer(LayerRun run) {
        return run.block().operators().stream().anyMatch(operator -> operator.role() == Role.RESIDUAL);
    }
}
