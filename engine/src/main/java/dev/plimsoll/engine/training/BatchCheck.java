package dev.plimsoll.engine.training;

import dev.plimsoll.engine.operator.RowNumbers;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.model.units.Text;

/// Whether a batch fits a program, found out before anything is allocated for it.
final class BatchCheck {
    private BatchCheck() {}

    /// @throws InputException where it lacks an input, or has a number that its table, the vocabulary or the experts lack
    static void require(TrainingProgram program, Batch batch) {
        for (TrainingProgram.Step step : program.blocks()) {
            for (Operator operator : step.block().operators()) {
                switch (operator) {
                    case Operator.Embedding embedding -> rows(batch, step, embedding.indices(), rows(embedding));
                    case Operator.CrossEntropy loss ->
                        rows(
                                batch,
                                step,
                                loss.targets(),
                                loss.logits().shape().trailing(1).fixedElements());
                    case Operator.Router router -> experts(batch, step, router);
                    case Operator.Linear _,
                            Operator.Normalization _,
                            Operator.RotaryEmbedding _,
                            Operator.Attention _,
                            Operator.Activation _,
                            Operator.Multiply _,
                            Operator.Add _,
                            Operator.Scale _,
                            Operator.Dispatch _,
                            Operator.GroupedLinear _,
                            Operator.Combine _,
                            Operator.Concatenate _,
                            Operator.Dropout _,
                            Operator.TokenSelection _,
                            Operator.Convolution _,
                            Operator.StateSpaceScan _,
                            Operator.DeltaRule _,
                            Operator.TokenPooling _,
                            Operator.AddBias _,
                            Collective _ -> {}
                }
            }
        }
    }

    private static void rows(Batch batch, TrainingProgram.Step step, Value numbers, long rows) {
        if (!step.block().inputs().contains(numbers)) {
            return;
        }
        int[] given = batch.inputs().get(numbers.name());
        if (given == null) {
            throw InputException.usage(
                    "batch: found no %s, expected one for each token".formatted(Text.printable(numbers.name())),
                    "Give the input that the model reads.");
        }
        RowNumbers.require("batch: " + numbers.name(), given, Math.toIntExact(rows));
    }

    private static long rows(Operator.Embedding embedding) {
        Shape table = embedding.table().shape();
        int columns =
                embedding.output().shape().rank() - embedding.indices().shape().rank();
        return table.leading(table.rank() - columns).fixedElements();
    }

    private static void experts(Batch batch, TrainingProgram.Step step, Operator.Router router) {
        String name = step.label() + "/" + router.name();
        int[] given = batch.givenExperts().get(name);
        if (given == null) {
            return;
        }
        long expected =
                (long) batch.sequences() * batch.tokens() * router.routing().topK();
        if (given.length != expected) {
            throw InputException.usage(
                    "batch: found %d experts for %s, expected %d".formatted(given.length, name, expected),
                    "Give so many experts for each token as the router chooses.");
        }
        RowNumbers.require(
                "batch: experts for " + name,
                given,
                Math.toIntExact(router.routing().experts()));
    }
}
