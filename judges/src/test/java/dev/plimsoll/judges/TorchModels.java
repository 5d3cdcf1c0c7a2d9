package dev.plimsoll.judges;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;

/// The loss of small models of one layer, written in PyTorch's operations.
final class TorchModels {
    private static final float GPT_EPSILON = 1e-5f;
    private static final float LLAMA_EPSILON = 1e-6f;
    private static final double BASE = 10_000;

    private TorchModels() {}

    /// A model of one layer: tokens `[b, s]` and the tokens that follow, to their mean cross entropy.
    interface Model {
        NDArray loss(Torch torch, NDArray tokens, NDArray targets);
    }

    /// Source: Radford et al. 2019 (GPT-2): norms before, learned positions, biases, a head tied to the table.
    static NDArray gpt2(Torch torch, NDArray tokens, NDArray targets, long heads) {
        NDArray positions = torch.positions(tokens.getShape().get(1)).toType(DataType.INT32, false);
        NDArray stream = torch.lookUp(tokens, "embedding.tokens.weight")
                .add(torch.lookUp(positions, "embedding.positions.weight"));
        NDArray input = torch.layerNorm(stream, "attention.normalization", GPT_EPSILON);
        stream = stream.add(attention(torch, input, heads, heads, Positions.LEARNED));
        input = torch.layerNorm(stream, "feed_forward.normalization", GPT_EPSILON);
        NDArray inner = Torch.geluTanh(torch.linear(input, "feed_forward.up"));
        stream = stream.add(torch.linear(inner, "feed_forward.down"));
        stream = torch.layerNorm(stream, "final_normalization", GPT_EPSILON);
        NDArray logits =
                stream.matMul(torch.parameter("embedding.tokens.weight").transpose());
        return Torch.crossEntropy(logits, targets);
    }

    /// Source: Touvron et al. 2023 (LLaMA), section 2.2, with grouped queries as in LLaMA 2.
    static NDArray llama(Torch torch, NDArray tokens, NDArray targets, long queryHeads, long keyValueHeads) {
        NDArray stream = torch.lookUp(tokens, "embedding.tokens.weight");
        NDArray input = torch.rootMeanSquareNorm(stream, "attention.normalization", LLAMA_EPSILON);
        stream = stream.add(attention(torch, input, queryHeads, keyValueHeads, Positions.ROTATED));
        input = torch.rootMeanSquareNorm(stream, "feed_forward.normalization", LLAMA_EPSILON);
        stream = stream.add(gated(torch, input, "feed_forward"));
        return head(torch, stream, targets);
    }

    /// Source: Qwen2 technical report 2024, section 2.2.2: softmax over all experts, the best ones' weights divided by
    /// their sum, and a shared expert behind a sigmoid of its own.
    static NDArray experts(
            Torch torch, NDArray tokens, NDArray targets, long queryHeads, long keyValueHeads, int chosen) {
        NDArray stream = torch.lookUp(tokens, "embedding.tokens.weight");
        NDArray input = torch.rootMeanSquareNorm(stream, "attention.normalization", LLAMA_EPSILON);
        stream = stream.add(attention(torch, input, queryHeads, keyValueHeads, Positions.ROTATED));
        input = torch.rootMeanSquareNorm(stream, "feed_forward.normalization", LLAMA_EPSILON);
        NDArray gate = Torch.sigmoid(torch.linear(input, "shared_expert.router"));
        NDArray shared = gated(torch, input, "shared_expert").mul(gate);
        stream = stream.add(routed(torch, input, chosen)).add(shared);
        return head(torch, stream, targets);
    }

    /// Source: DeepSeek-V2 (2024), section 2.1 and appendix C: queries, keys and values through latents, one rotated
    /// key for all heads.
    static NDArray latent(Torch torch, NDArray tokens, NDArray targets, long heads, long rotated) {
        NDArray stream = torch.lookUp(tokens, "embedding.tokens.weight");
        NDArray input = torch.rootMeanSquareNorm(stream, "attention.normalization", LLAMA_EPSILON);
        stream = stream.add(latentAttention(torch, input, heads, rotated));
        input = torch.rootMeanSquareNorm(stream, "feed_forward.normalization", LLAMA_EPSILON);
        stream = stream.add(gated(torch, input, "feed_forward"));
        return head(torch, stream, targets);
    }

    private enum Positions {
        LEARNED,
        ROTATED
    }

    private static NDArray attention(
            Torch torch, NDArray input, long queryHeads, long keyValueHeads, Positions positions) {
        NDArray query = Torch.heads(torch.linear(input, "attention.query"), queryHeads);
        NDArray key = Torch.heads(torch.linear(input, "attention.key"), keyValueHeads);
        NDArray value = Torch.heads(torch.linear(input, "attention.value"), keyValueHeads);
        if (positions == Positions.ROTATED) {
            query = torch.rotateHalves(query, BASE);
            key = torch.rotateHalves(key, BASE);
        }
        return torch.linear(torch.causalAttention(query, key, value), "attention.output");
    }

    private static NDArray latentAttention(Torch torch, NDArray input, long heads, long rotated) {
        NDArray queryLatent = torch.rootMeanSquareNorm(
                torch.linear(input, "attention.query_latent"), "attention.query_normalization", LLAMA_EPSILON);
        NDArray query = Torch.heads(torch.linear(queryLatent, "attention.query"), heads);
        long plain = query.getShape().get(3) - rotated;
        query = NDArrays.concat(
                new NDList(
                        query.get(new NDIndex(":, :, :, :" + plain)),
                        torch.rotateNeighbours(query.get(new NDIndex(":, :, :, " + plain + ":")), BASE)),
                3);
        NDArray latent = torch.rootMeanSquareNorm(
                torch.linear(input, "attention.key_value_latent"), "attention.key_value_normalization", LLAMA_EPSILON);
        NDArray rotatedKey = torch.rotateNeighbours(Torch.heads(torch.linear(input, "attention.rotated_key"), 1), BASE);
        NDArray key = NDArrays.concat(
                new NDList(Torch.heads(torch.linear(latent, "attention.key"), heads), rotatedKey.repeat(1, heads)), 3);
        NDArray value = Torch.heads(torch.linear(latent, "attention.value"), heads);
        return torch.linear(torch.causalAttention(query, key, value), "attention.output");
    }

    private static NDArray gated(Torch torch, NDArray input, String name) {
        NDArray product = Torch.silu(torch.linear(input, name + ".gate")).mul(torch.linear(input, name + ".up"));
        return torch.linear(product, name + ".down");
    }

    /// Every expert for every token, all but the chosen ones times zero.
    private static NDArray routed(Torch torch, NDArray input, int chosen) {
        NDArray probabilities = torch.linear(input, "router").softmax(2);
        NDArray best = probabilities.topK(chosen, 2, true, true).get(1);
        int count = Math.toIntExact(probabilities.getShape().get(2));
        NDArray mask = best.oneHot(count, DataType.FLOAT32).sum(new int[] {2});
        NDArray kept = probabilities.mul(mask);
        NDArray weights = kept.div(kept.sum(new int[] {2}, true));
        NDArray sum = null;
        for (int expert = 0; expert < count; expert++) {
            NDArray gate = input.matMul(expert(torch, "experts.gate", expert));
            NDArray up = input.matMul(expert(torch, "experts.up", expert));
            NDArray down = Torch.silu(gate).mul(up).matMul(expert(torch, "experts.down", expert));
            NDArray part = down.mul(weights.get(new NDIndex(":, :, " + expert + ":" + (expert + 1))));
            sum = sum == null ? part : sum.add(part);
        }
        if (sum == null) {
            throw new IllegalArgumentException("a mixture of no experts");
        }
        return sum;
    }

    private static NDArray expert(Torch torch, String name, int expert) {
        return torch.parameter(name + ".weight").get(expert).transpose();
    }

    private static NDArray head(Torch torch, NDArray stream, NDArray targets) {
        NDArray normalized = torch.rootMeanSquareNorm(stream, "final_normalization", LLAMA_EPSILON);
        return Torch.crossEntropy(torch.linear(normalized, "head"), targets);
    }
}
