package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Rotary;
import java.util.Optional;
import java.util.stream.IntStream;

/// Pairs `(u, v)` of a head turned by the angle of their token: `(u cos - v sin, v cos + u sin)`.
///
/// The gradient is turned back by the same angle. Angles are computed in f64.
final class Rotations {
    private final Machine machine;

    Rotations(Machine machine) {
        this.machine = machine;
    }

    /// Which way pairs are turned.
    private enum Direction {
        FORTH(1),
        BACK(-1);

        private final int sign;

        Direction(int sign) {
            this.sign = sign;
        }
    }

    void forward(Operator.RotaryEmbedding rotation, ForwardOperands operands) {
        Tensor input = operands.value(rotation.input());
        try (Floats floats = new Floats(machine)) {
            float[] x = floats.read(input);
            float[] y = floats.write(operands.value(rotation.output()));
            Turn turn = new Turn(rotation, operands.positions(), input.elements(), Direction.FORTH, floats);
            machine.workers().forEachRange(turn.tokens(), 1, (worker, from, to) -> {
                int first = from * turn.tokenElements;
                System.arraycopy(x, first, y, first, (to - from) * turn.tokenElements);
                turn.turn(worker, from, to, y);
            });
        }
    }

    void gradient(Operator.RotaryEmbedding rotation, GradientOperands operands) {
        Optional<Tensor> wanted = operands.inputGradient(rotation.input());
        if (wanted.isEmpty()) {
            return;
        }
        Tensor output = operands.outputGradient(rotation.output());
        try (Floats floats = new Floats(machine)) {
            float[] gradient = floats.read(output);
            float[] target = floats.add(wanted.get());
            float[] turned = floats.scratch(output.elements());
            Turn turn = new Turn(rotation, operands.positions(), output.elements(), Direction.BACK, floats);
            machine.workers().forEachRange(turn.tokens(), 1, (worker, from, to) -> {
                int first = from * turn.tokenElements;
                int count = (to - from) * turn.tokenElements;
                System.arraycopy(gradient, first, turned, first, count);
                turn.turn(worker, from, to, turned);
                machine.kernels().add(turned, first, target, first, count);
            });
        }
    }

    /// One turn of all tokens.
    private final class Turn {
        private final RotaryFrequencies frequencies;
        private final int[] positions;
        private final Direction direction;
        private final int tokenElements;
        private final int headSize;
        /// From the start of a head to its first turned element.
        private final int start;
        /// From one pair to the next, and from a pair's first element to its second.
        private final int step;

        private final int apart;
        /// For each worker and pair a cosine and a sine.
        private final float[] waves;

        Turn(Operator.RotaryEmbedding rotation, int[] positions, int elements, Direction direction, Floats floats) {
            Rotary rotary = rotation.rotary();
            int context = 1 + IntStream.of(positions).max().orElse(0);
            int size = Math.toIntExact(rotary.size());
            this.frequencies = RotaryFrequencies.of(rotary, context);
            this.positions = positions;
            this.direction = direction;
            this.tokenElements = elements / positions.length;
            this.headSize = Math.toIntExact(rotation.input().shape().trailing(1).fixedElements());
            this.start = switch (rotary.where()) {
                case FIRST -> 0;
                case LAST -> headSize - size;
            };
            this.step = switch (rotary.pairing()) {
                case HALVES -> 1;
                case NEIGHBOURS -> 2;
            };
            this.apart = switch (rotary.pairing()) {
                case HALVES -> size / 2;
                case NEIGHBOURS -> 1;
            };
            this.waves = floats.scratch(machine.workers().count() * size);
        }

        int tokens() {
            return positions.length;
        }

        void turn(int worker, int from, int to, float[] values) {
            int pairs = frequencies.angles().length;
            int own = worker * 2 * pairs;
            for (int token = from; token < to; token++) {
                setWaves(positions[token], own);
                int end = (token + 1) * tokenElements;
                for (int head = token * tokenElements; head < end; head += headSize) {
                    turnHead(values, head + start, own, pairs);
                }
            }
        }

        private void setWaves(int position, int own) {
            double[] angles = frequencies.angles();
            for (int pair = 0; pair < angles.length; pair++) {
                double angle = position * angles[pair];
                waves[own + 2 * pair] = (float) (frequencies.factor() * Math.cos(angle));
                waves[own + 2 * pair + 1] = (float) (direction.sign * frequencies.factor() * Math.sin(angle));
            }
        }

        private void turnHead(float[] values, int first, int own, int pairs) {
            for (int pair = 0; pair < pairs; pair++) {
                int at = first + pair * step;
                float cosine = waves[own + 2 * pair];
                float sine = waves[own + 2 * pair + 1];
                float u = values[at];
                float v = values[at + apart];
                values[at] = u * cosine - v * sine;
                values[at + apart] = v * cosine + u * sine;
            }
        }
    }
}
