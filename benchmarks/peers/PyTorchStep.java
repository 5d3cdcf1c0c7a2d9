import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.GradientCollector;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/// Training steps of GPT-2 small's shape by PyTorch, operator by operator through DJL: query, key and value in one map,
/// attention written out, AdamW. Each line read asks for a step; the answer is its wall and CPU nanoseconds,
/// its loss, and the wall nanoseconds of it that changed the weights.
///
/// Run from source, since the build does not have its libraries.
public class PyTorchStep {
    static final int LAYERS = 12, HIDDEN = 768, HEADS = 12, VOCABULARY = 50257, TOKENS = 512;

    final NDManager manager = Engine.getEngine("PyTorch").newBaseManager();
    final List<NDArray> parameters = new ArrayList<>();
    final List<NDArray> states = new ArrayList<>();
    final NDArray tokenTable = normal(VOCABULARY, HIDDEN);
    final NDArray positionTable = normal(TOKENS, HIDDEN);
    final List<NDArray[]> layers = new ArrayList<>();
    final NDArray lastGain = ones(HIDDEN), lastBias = zeros(HIDDEN);
    long update;
    final NDArray tokens, targets, positions, mask;

    PyTorchStep() {
        for (int layer = 0; layer < LAYERS; layer++) {
            layers.add(new NDArray[] {
                ones(HIDDEN), zeros(HIDDEN), normal(3 * HIDDEN, HIDDEN), zeros(3 * HIDDEN),
                normal(HIDDEN, HIDDEN), zeros(HIDDEN), ones(HIDDEN), zeros(HIDDEN),
                normal(4 * HIDDEN, HIDDEN), zeros(4 * HIDDEN), normal(HIDDEN, 4 * HIDDEN), zeros(HIDDEN)
            });
        }
        long[] numbers = new long[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            numbers[i] = (i * 7919L + 13) % VOCABULARY;
        }
        tokens = manager.create(numbers, new Shape(1, TOKENS));
        targets = manager.create(numbers, new Shape(TOKENS, 1));
        positions = manager.arange(TOKENS).toType(DataType.INT64, false).reshape(1, TOKENS);
        float[] unseen = new float[TOKENS * TOKENS];
        for (int query = 0; query < TOKENS; query++) {
            for (int key = query + 1; key < TOKENS; key++) {
                unseen[query * TOKENS + key] = Float.NEGATIVE_INFINITY;
            }
        }
        mask = manager.create(unseen, new Shape(1, 1, TOKENS, TOKENS));
        for (NDArray parameter : parameters) {
            parameter.setRequiresGradient(true);
            states.add(parameter.zerosLike());
            states.add(parameter.zerosLike());
        }
    }

    NDArray kept(NDArray parameter) {
        parameters.add(parameter);
        return parameter;
    }

    NDArray normal(long... shape) {
        return kept(manager.randomNormal(0, 0.02f, new Shape(shape), DataType.FLOAT32));
    }

    NDArray ones(long size) {
        return kept(manager.ones(new Shape(size)));
    }

    NDArray zeros(long size) {
        return kept(manager.zeros(new Shape(size)));
    }

    NDArray norm(NDArray x, NDArray gain, NDArray bias) {
        return LayerNorm.layerNorm(x, new Shape(HIDDEN), gain, bias, 1e-5f).singletonOrThrow();
    }

    NDArray linear(NDArray x, NDArray weight, NDArray bias) {
        return Linear.linear(x, weight, bias).singletonOrThrow();
    }

    NDArray layer(NDArray x, NDArray[] p) {
        NDList parts = linear(norm(x, p[0], p[1]), p[2], p[3]).split(3, 2);
        NDArray[] heads = new NDArray[3];
        for (int i = 0; i < 3; i++) {
            heads[i] = parts.get(i).reshape(1, TOKENS, HEADS, HIDDEN / HEADS).transpose(0, 2, 1, 3);
        }
        NDArray scores = heads[0].matMul(heads[1].transpose(0, 1, 3, 2)).mul(0.125f).add(mask);
        NDArray attended = scores.softmax(-1).matMul(heads[2]).transpose(0, 2, 1, 3).reshape(1, TOKENS, HIDDEN);
        x = x.add(linear(attended, p[4], p[5]));
        NDArray wide = Activation.gelu(linear(norm(x, p[6], p[7]), p[8], p[9]));
        return x.add(linear(wide, p[10], p[11]));
    }

    NDArray loss() {
        NDArray x = Embedding.embedding(tokens, tokenTable, SparseFormat.DENSE).singletonOrThrow()
                .add(Embedding.embedding(positions, positionTable, SparseFormat.DENSE).singletonOrThrow());
        for (NDArray[] layer : layers) {
            x = layer(x, layer);
        }
        NDArray logits = Linear.linear(norm(x, lastGain, lastBias), tokenTable).singletonOrThrow();
        NDArray logProbabilities = logits.reshape(TOKENS, VOCABULARY).logSoftmax(-1);
        return logProbabilities.gather(targets, 1).neg().mean();
    }

    float step(int number) {
        float value;
        try (NDScope scope = new NDScope()) {
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss = loss();
                collector.backward(loss);
                value = loss.getFloat();
            }
            long start = System.nanoTime();
            double correction = Math.sqrt(1 - Math.pow(0.999, number)) / (1 - Math.pow(0.9, number));
            float rate = 1e-4f;
            for (int i = 0; i < parameters.size(); i++) {
                NDArray weight = parameters.get(i);
                NDList operands = new NDList(weight, weight.getGradient(), states.get(2 * i), states.get(2 * i + 1));
                weight.getNDArrayInternal().adamUpdate(
                        operands, new NDList(weight), rate, (float) (rate * correction), 0.01f, 1, -1, 0.9f, 0.999f, 1e-8f, true, true);
            }
            update = System.nanoTime() - start;
        }
        return value;
    }

    public static void main(String[] arguments) throws Exception {
        PyTorchStep run = new PyTorchStep();
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.println("PyTorch " + Engine.getEngine("PyTorch").getVersion());
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in));
        for (int step = 1; questions.readLine() != null; step++) {
            long wall = System.nanoTime();
            long cpu = system.getProcessCpuTime();
            float loss = run.step(step);
            System.out.println((System.nanoTime() - wall) + " " + (system.getProcessCpuTime() - cpu) + " " + loss + " " + run.update);
        }
    }
}
