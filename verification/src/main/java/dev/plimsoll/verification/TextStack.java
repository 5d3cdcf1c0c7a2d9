package dev.plimsoll.verification;

import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.Random;

/// The part of a model that is run: the first that every checkpoint has.
record TextStack(Part part) {
    static TextStack of(Transformer transformer) {
        return new TextStack(transformer.parts().stream()
                .filter(part -> !part.isOptional())
                .findFirst()
                .orElseThrow());
    }

    /// Whether it gives logits over a vocabulary.
    boolean hasHead() {
        return part.runs().getLast().block().outputs().getFirst().shape().has(Axis.VOCABULARY);
    }

    /// Layers, embedding and head apart.
    int layers() {
        return part.runs().stream()
                .filter(run -> run.block().operators().stream().anyMatch(operator -> operator.role() == Role.RESIDUAL))
                .mapToInt(run -> Math.toIntExact(run.count()))
                .sum();
    }

    /// Whether texts are continued by it.
    boolean continuesTexts() {
        return part.kind() == Part.Kind.TEXT_DECODER && hasHead();
    }

    /// Numbers of tokens that its table has rows for, and its head scores.
    int[] tokens(Random random, int count) {
        return random.ints(count, 0, Math.toIntExact(vocabulary())).toArray();
    }

    private long vocabulary() {
        Shape output = part.runs().getLast().block().outputs().getFirst().shape();
        return hasHead() ? Math.min(rows(), output.size(Axis.VOCABULARY)) : rows();
    }

    private long rows() {
        return part.runs().getFirst().block().operators().stream()
                .filter(Operator.Embedding.class::isInstance)
                .map(Operator.Embedding.class::cast)
                .findFirst()
                .map(embedding -> embedding.table().fileDimensions().getFirst())
                .orElse(1L);
    }
}
