package dev.plimsoll.engine.attention;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores.PositionBias;

/// The attention of the textbook in f64: pair after pair, each pair asked whether it is seen.
final class NaiveAttention {
    private final AttentionCase how;
    private final double[] query;
    private final double[] key;
    private final double[] value;
    private final double[] sinks;

    NaiveAttention(AttentionCase how, double[] query, double[] key, double[] value, double[] sinks) {
        this.how = how;
        this.query = query;
        this.key = key;
        this.value = value;
        this.sinks = sinks;
    }

    /// `[b, s, a, w]`
    double[] output() {
        HeadSizes heads = how.sizes().heads();
        double[] output = new double[how.sizes().outputElements()];
        for (int batch = 0; batch < how.sizes().batch(); batch++) {
            for (int at = 0; at < how.sizes().queries(); at++) {
                for (int head = 0; head < heads.queryHeads(); head++) {
                    add(batch, at, head, output);
                }
            }
        }
        return output;
    }

    private void add(int batch, int at, int head, double[] output) {
        HeadSizes heads = how.sizes().heads();
        int keys = how.sizes().keys();
        double[] weights = new double[keys];
        double sum = sinks.length > 0 ? Math.exp(sinks[head]) : 0;
        for (int other = 0; other < keys; other++) {
            weights[other] = sees(how.mask(), at, other) ? Math.exp(score(batch, at, head, other)) : 0;
            sum += weights[other];
        }
        int keyValueHead = head * heads.keyValueHeads() / heads.queryHeads();
        for (int other = 0; other < keys; other++) {
            long pair =
                    (((long) batch * heads.queryHeads() + head) * how.sizes().queries() + at) * keys + other;
            double kept = how.dropout().keeps(pair) ? 1 / (1 - how.rate()) : 0;
            for (int i = 0; i < heads.valueSize(); i++) {
                int from = ((batch * keys + other) * heads.keyValueHeads() + keyValueHead) * heads.valueSize() + i;
                int to = ((batch * how.sizes().queries() + at) * heads.queryHeads() + head) * heads.valueSize() + i;
                output[to] += weights[other] / sum * kept * value[from];
            }
        }
    }

    private double score(int batch, int at, int head, int other) {
        HeadSizes heads = how.sizes().heads();
        int keyValueHead = head * heads.keyValueHeads() / heads.queryHeads();
        double product = 0;
        for (int i = 0; i < heads.headSize(); i++) {
            int left = ((batch * how.sizes().queries() + at) * heads.queryHeads() + head) * heads.headSize() + i;
            int right = ((batch * how.sizes().keys() + other) * heads.keyValueHeads() + keyValueHead) * heads.headSize()
                    + i;
            product += query[left] * key[right];
        }
        double score = product * how.scores().scale();
        if (how.scores().softCap().isPresent()) {
            double cap = how.scores().softCap().getAsDouble();
            score = cap * Math.tanh(score / cap);
        }
        if (how.scores().positions() instanceof PositionBias.LinearBias) {
            score -= ScoreRule.slopes(heads.queryHeads())[head] * Math.abs(at - other);
        }
        return score;
    }

    static boolean sees(AttentionMask mask, int at, int other) {
        return switch (mask) {
            case AttentionMask.Everything() -> true;
            case AttentionMask.Causal() -> other <= at;
            case AttentionMask.SlidingWindow(long size) -> other <= at && at - other < size;
            case AttentionMask.Chunked(long size) -> other <= at && other / size == at / size;
            case AttentionMask.Blocks(long size) -> other / size == at / size;
            case AttentionMask.Selected selected -> throw new IllegalArgumentException(selected.toString());
        };
    }
}
