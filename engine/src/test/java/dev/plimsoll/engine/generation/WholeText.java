package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.operator.OperatorExecution;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The logits after every token of a text, without a cache: each operator of the description run once over all tokens.
final class WholeText {
    private WholeText() {}

    static List<float[]> logits(InferenceProgram program, Weights weights, Machine machine, List<Integer> tokens) {
        OperatorExecution execution = new OperatorExecution(machine, new AttentionKernel.Materialised(), 0);
        int[] positions = IntStream.range(0, tokens.size()).toArray();
        Row row = new Row(tokens.stream().mapToInt(Integer::intValue).toArray(), positions);
        List<Tensor> stream = new ArrayList<>();
        for (InferenceProgram.Step step : program.steps()) {
            StepValues values = new StepValues(step, weights, machine.memory(), Precision.FULL, positions);
            for (Value input : step.block().inputs()) {
                if (input.content() == Value.Content.INDEX) {
                    int[] numbers = TokenIndex.of(input).of(row);
                    System.arraycopy(numbers, 0, values.allocate(input).integers(), 0, numbers.length);
                } else {
                    values.put(input, stream.getLast());
                }
            }
            for (Operator operator : step.block().operators()) {
                operator.writes().forEach(values::allocate);
                execution.forward(operator, values);
            }
            stream.add(values.take(step.block().outputs().getFirst()));
        }
        float[] all = stream.getLast().floats();
        int width = all.length / tokens.size();
        return IntStream.range(0, tokens.size())
                .mapToObj(token -> Arrays.copyOfRange(all, token * width, (token + 1) * width))
                .toList();
    }
}
