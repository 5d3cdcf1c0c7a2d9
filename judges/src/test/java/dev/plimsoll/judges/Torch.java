package dev.plimsoll.judges;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.LayerNorm;
import java.util.LinkedHashMap;
import java.util.Map;

/// Parameters as PyTorch's tensors, and the pieces of Transformers as a reader of PyTorch would write them.
///
/// Nothing here knows our description: parameters come by name, as values with sizes.
final class Torch implements AutoCloseable {
    static final String NAME = "PyTorch";

    private final NDManager manager = NDManager.newBaseManager(NAME);
    private final Map<String, NDArray> parameters = new LinkedHashMap<>();

    /// Copies the parameters; all of them get gradients.
    Torch(Map<String, Parameters.Values> values) {
        values.forEach((name, value) -> {
            NDArray copy = manager.create(value.elements().clone(), new Shape(value.sizes()));
            copy.setRequiresGradient(true);
            parameters.put(name, copy);
        });
    }

    static Engine engine() {
        return Engine.getEngine(NAME);
    }

    Map<String, NDArray> parameters() {
        return parameters;
    }

    NDArray parameter(String name) {
        NDArray found = parameters.get(name);
        if (found == null) {
            throw new IllegalArgumentException("the description has no parameter " + name);
        }
        return found;
    }

    /// Whole numbers `[b, s]`.
    NDArray indices(int[][] rows) {
        return manager.create(rows);
    }

    NDArray positions(long count) {
        return manager.arange(0f, (float) count, 1f, DataType.FLOAT32);
    }

    /// Rows of a table, each once for every index: `[b, s]` to `[b, s, h]`.
    NDArray lookUp(NDArray indices, String table) {
        NDArray rows = parameter(table);
        return indices.oneHot(Math.toIntExact(rows.getShape().get(0)), DataType.FLOAT32)
                .matMul(rows);
    }

    /// `input · weight^T`, all sizes of the weight but the first ones taken together where the input has them apart.
    NDArray linear(NDArray input, String name) {
        NDArray weight = parameter(name + ".weight");
        NDArray product = input.matMul(weight.transpose());
        NDArray bias = parameters.get(name + ".bias");
        return bias == null ? product : product.add(bias);
    }

    /// PyTorch's own `layer_norm`.
    NDArray layerNorm(NDArray input, String name, float epsilon) {
        NDArray gain = parameter(name + ".weight");
        return LayerNorm.layerNorm(input, gain.getShape(), gain, parameter(name + ".bias"), epsilon)
                .singletonOrThrow();
    }

    /// `gain · x / sqrt(mean(x^2) + epsilon)`. Source: Zhang and Sennrich 2019, equation 4.
    NDArray rootMeanSquareNorm(NDArray input, String name, float epsilon) {
        NDArray mean = input.square().mean(new int[] {-1}, true);
        return input.div(mean.add(epsilon).sqrt()).mul(parameter(name + ".weight"));
    }

    static NDArray silu(NDArray input) {
        return input.mul(sigmoid(input));
    }

    static NDArray sigmoid(NDArray input) {
        return ai.djl.nn.Activation.sigmoid(input);
    }

    /// `x/2 · (1 + tanh(sqrt(2/pi) · (x + 0.044715 x^3)))`. Source: Hendrycks and Gimpel 2016, section 2.
    static NDArray geluTanh(NDArray input) {
        NDArray inner = input.add(input.pow(3).mul(0.044715f)).mul((float) Math.sqrt(2 / Math.PI));
        return input.mul(0.5f).mul(inner.tanh().add(1f));
    }

    /// Splits the last axis into heads: `[b, s, a·d]` to `[b, a, s, d]`.
    static NDArray heads(NDArray input, long heads) {
        Shape shape = input.getShape();
        return input.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads)
                .transpose(0, 2, 1, 3);
    }

    /// Rotates `[b, a, s, d]`, element `m` together with `m + d/2`. Source: Su et al. 2021, equation 34, in the order
    /// that Hugging Face's Llama has.
    NDArray rotateHalves(NDArray input, double base) {
        long half = input.getShape().get(3) / 2;
        NDArray first = input.get(new NDIndex(":, :, :, :" + half));
        NDArray second = input.get(new NDIndex(":, :, :, " + half + ":"));
        NDArray angles = angles(input, base);
        return NDArrays.concat(
                new NDList(
                        first.mul(angles.cos()).sub(second.mul(angles.sin())),
                        second.mul(angles.cos()).add(first.mul(angles.sin()))),
                3);
    }

    /// Rotates `[b, a, s, d]`, element `2m` together with `2m + 1`. Source: Su et al. 2021, equation 34.
    NDArray rotateNeighbours(NDArray input, double base) {
        NDArray even = input.get(new NDIndex(":, :, :, 0::2"));
        NDArray odd = input.get(new NDIndex(":, :, :, 1::2"));
        NDArray angles = angles(input, base);
        NDArray pairs = NDArrays.stack(
                new NDList(
                        even.mul(angles.cos()).sub(odd.mul(angles.sin())),
                        odd.mul(angles.cos()).add(even.mul(angles.sin()))),
                4);
        return pairs.reshape(input.getShape());
    }

    /// `position · base^(-2m/d)`, `[s, d/2]`.
    private NDArray angles(NDArray input, double base) {
        long tokens = input.getShape().get(2);
        int size = (int) input.getShape().get(3);
        float[] frequencies = new float[size / 2];
        for (int m = 0; m < frequencies.length; m++) {
            frequencies[m] = (float) Math.pow(base, -2.0 * m / size);
        }
        return positions(tokens)
                .reshape(tokens, 1)
                .mul(manager.create(frequencies).reshape(1, size / 2));
    }

    /// `softmax(query · key^T / sqrt(d)) · value` over earlier tokens, of `[b, a, s, d]` and `[b, k, s, d]`, with the
    /// heads put side by side again: `[b, s, a·w]`.
    NDArray causalAttention(NDArray query, NDArray key, NDArray value) {
        long group = query.getShape().get(1) / key.getShape().get(1);
        NDArray keys = key.repeat(1, group);
        NDArray values = value.repeat(1, group);
        long tokens = query.getShape().get(2);
        float scale = (float) (1 / Math.sqrt((double) query.getShape().get(3)));
        NDArray later = positions(tokens)
                .reshape(1, tokens)
                .gt(positions(tokens).reshape(tokens, 1))
                .toType(DataType.FLOAT32, false);
        NDArray scores = query.matMul(keys.transpose(0, 1, 3, 2)).mul(scale).sub(later.mul(1e9f));
        NDArray mixed = scores.softmax(3).matMul(values).transpose(0, 2, 1, 3);
        Shape shape = mixed.getShape();
        return mixed.reshape(shape.get(0), shape.get(1), shape.get(2) * shape.get(3));
    }

    /// The mean over all tokens of the targets' negative log probability.
    static NDArray crossEntropy(NDArray logits, NDArray targets) {
        int vocabulary = Math.toIntExact(logits.getShape().get(2));
        NDArray chosen = logits.logSoftmax(2).mul(targets.oneHot(vocabulary, DataType.FLOAT32));
        return chosen.sum().neg().div(targets.size());
    }

    @Override
    public void close() {
        manager.close();
    }
}
