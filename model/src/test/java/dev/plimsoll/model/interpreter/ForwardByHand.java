package dev.plimsoll.model.interpreter;

import java.util.Map;

/// One layer of a LLaMA and of a mixture-of-experts model, written as loops over arrays from the papers' formulas.
///
/// It knows parameters by their names and nothing else of the description. The extents are all different, so that no
/// axis can stand for another.
final class ForwardByHand {
    static final int BATCH = 3;
    static final int TOKENS = 5;
    static final int HIDDEN = 7;
    static final int QUERY_HEADS = 8;
    static final int KEY_VALUE_HEADS = 4;
    static final int HEAD_SIZE = 6;
    static final int FEED_FORWARD = 11;
    static final int EXPERTS = 9;
    static final int TOP_K = 2;
    static final int SHARED_EXPERT = 13;
    static final double EPSILON = 1e-5;
    static final double ROTARY_BASE = 100;

    private final Map<String, double[]> weights;

    /// @param weights each parameter's elements, its last axis fastest
    ForwardByHand(Map<String, double[]> weights) {
        this.weights = weights;
    }

    /// `x + attention(norm(x))`, then `x + swiglu(norm(x))`. Source: Touvron et al. 2023, section 2.2.
    double[] llama(double[] hidden) {
        double[] result = hidden.clone();
        for (int b = 0; b < BATCH; b++) {
            double[][] stream = rows(hidden, b);
            addInto(stream, attention(normalized(stream, "attention.normalization.weight")));
            double[][] normed = normalized(stream, "feed_forward.normalization.weight");
            for (int s = 0; s < TOKENS; s++) {
                addInto(stream[s], swiGlu(normed[s], "feed_forward", FEED_FORWARD, 0));
            }
            store(stream, result, b);
        }
        return result;
    }

    /// As LLaMA, with experts in the place of the feed-forward network and one that every token passes, gated.
    double[] mixtureOfExperts(double[] hidden) {
        double[] result = hidden.clone();
        for (int b = 0; b < BATCH; b++) {
            double[][] stream = rows(hidden, b);
            addInto(stream, attention(normalized(stream, "attention.normalization.weight")));
            double[][] normed = normalized(stream, "feed_forward.normalization.weight");
            for (int s = 0; s < TOKENS; s++) {
                addInto(stream[s], routed(normed[s]));
                double open = dot(weight("shared_expert.router.weight"), 0, normed[s]);
                double[] shared = swiGlu(normed[s], "shared_expert", SHARED_EXPERT, 0);
                for (int h = 0; h < HIDDEN; h++) {
                    stream[s][h] += shared[h] / (1 + Math.exp(-open));
                }
            }
            store(stream, result, b);
        }
        return result;
    }

    /// `x_i / sqrt(1/n sum x_i^2 + epsilon) g_i`. Source: Zhang and Sennrich 2019, equation 4.
    private double[][] normalized(double[][] stream, String gain) {
        double[][] normed = new double[TOKENS][HIDDEN];
        for (int s = 0; s < TOKENS; s++) {
            double squares = 0;
            for (double x : stream[s]) {
                squares += x * x;
            }
            double rootMeanSquare = Math.sqrt(squares / HIDDEN + EPSILON);
            for (int h = 0; h < HIDDEN; h++) {
                normed[s][h] = stream[s][h] / rootMeanSquare * weight(gain)[h];
            }
        }
        return normed;
    }

    /// `softmax(q k^T / sqrt(d)) v` over earlier tokens, heads side by side, then the output map.
    ///
    /// Source: Vaswani et al. 2017, equation 1; Ainslie et al. 2023, section 2.2: `a / k` neighbouring query heads
    /// share a key/value head.
    private double[][] attention(double[][] x) {
        double[][][] query = heads(x, "attention.query.weight", QUERY_HEADS);
        double[][][] key = heads(x, "attention.key.weight", KEY_VALUE_HEADS);
        double[][][] value = heads(x, "attention.value.weight", KEY_VALUE_HEADS);
        rotate(query);
        rotate(key);
        double[][] output = new double[TOKENS][HIDDEN];
        for (int head = 0; head < QUERY_HEADS; head++) {
            int group = head / (QUERY_HEADS / KEY_VALUE_HEADS);
            for (int s = 0; s < TOKENS; s++) {
                double[] probabilities = new double[s + 1];
                for (int t = 0; t <= s; t++) {
                    probabilities[t] = dot(query[head][s], 0, key[group][t]) / Math.sqrt((double) HEAD_SIZE);
                }
                softmax(probabilities);
                for (int d = 0; d < HEAD_SIZE; d++) {
                    double attended = 0;
                    for (int t = 0; t <= s; t++) {
                        attended += probabilities[t] * value[group][t][d];
                    }
                    for (int h = 0; h < HIDDEN; h++) {
                        int at = (h * QUERY_HEADS + head) * HEAD_SIZE + d;
                        output[s][h] += weight("attention.output.weight")[at] * attended;
                    }
                }
            }
        }
        return output;
    }

    /// By head, token and element.
    private double[][][] heads(double[][] x, String name, int count) {
        double[][][] heads = new double[count][TOKENS][HEAD_SIZE];
        for (int head = 0; head < count; head++) {
            for (int s = 0; s < TOKENS; s++) {
                for (int d = 0; d < HEAD_SIZE; d++) {
                    heads[head][s][d] = dot(weight(name), (head * HEAD_SIZE + d) * HIDDEN, x[s]);
                }
            }
        }
        return heads;
    }

    /// Turns the plane of elements `m` and `m + d/2` by `s base^(-2m/d)`. Source: Su et al. 2021, equation 34, with the
    /// elements in the order that LLaMA's files have.
    private static void rotate(double[][][] heads) {
        int half = HEAD_SIZE / 2;
        for (double[][] head : heads) {
            for (int s = 0; s < TOKENS; s++) {
                for (int m = 0; m < half; m++) {
                    double angle = s / Math.pow(ROTARY_BASE, 2.0 * m / HEAD_SIZE);
                    double real = head[s][m];
                    double imaginary = head[s][m + half];
                    head[s][m] = real * Math.cos(angle) - imaginary * Math.sin(angle);
                    head[s][m + half] = real * Math.sin(angle) + imaginary * Math.cos(angle);
                }
            }
        }
    }

    /// `(swish(x W) * x V) W2`. Source: Shazeer 2020, equation 6.
    ///
    /// @param expert whose rows of stacked weights; 0 where there is one network
    private double[] swiGlu(double[] x, String name, int width, int expert) {
        double[] output = new double[HIDDEN];
        for (int f = 0; f < width; f++) {
            double gate = dot(weight(name + ".gate.weight"), (expert * width + f) * HIDDEN, x);
            double up = dot(weight(name + ".up.weight"), (expert * width + f) * HIDDEN, x);
            for (int h = 0; h < HIDDEN; h++) {
                double down = weight(name + ".down.weight")[(expert * HIDDEN + h) * width + f];
                output[h] += down * (gate / (1 + Math.exp(-gate)) * up);
            }
        }
        return output;
    }

    /// The best experts' outputs by their softmax scores, which are divided by their sum.
    ///
    /// Source: Shazeer et al. 2017, equation 1; Jiang et al. 2024 (Mixtral), section 2.1: a softmax over the chosen
    /// scores alone, which is the same as dividing.
    private double[] routed(double[] x) {
        double[] scores = new double[EXPERTS];
        for (int e = 0; e < EXPERTS; e++) {
            scores[e] = dot(weight("router.weight"), e * HIDDEN, x);
        }
        int[] chosen = new int[TOP_K];
        double[] chosenScores = new double[TOP_K];
        for (int k = 0; k < TOP_K; k++) {
            int best = 0;
            for (int e = 1; e < EXPERTS; e++) {
                best = scores[e] > scores[best] ? e : best;
            }
            chosen[k] = best;
            chosenScores[k] = scores[best];
            scores[best] = Double.NEGATIVE_INFINITY;
        }
        softmax(chosenScores);
        double[] output = new double[HIDDEN];
        for (int k = 0; k < TOP_K; k++) {
            double[] one = swiGlu(x, "experts", FEED_FORWARD, chosen[k]);
            for (int h = 0; h < HIDDEN; h++) {
                output[h] += chosenScores[k] * one[h];
            }
        }
        return output;
    }

    private static void softmax(double[] scores) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            largest = Math.max(largest, score);
        }
        double total = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.exp(scores[i] - largest);
            total += scores[i];
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= total;
        }
    }

    private static double dot(double[] matrix, int start, double[] x) {
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            sum += matrix[start + i] * x[i];
        }
        return sum;
    }

    private double[] weight(String name) {
        return weights.getOrDefault(name, new double[0]);
    }

    private static double[][] rows(double[] hidden, int batch) {
        double[][] rows = new double[TOKENS][HIDDEN];
        for (int s = 0; s < TOKENS; s++) {
            System.arraycopy(hidden, (batch * TOKENS + s) * HIDDEN, rows[s], 0, HIDDEN);
        }
        return rows;
    }

    private static void store(double[][] rows, double[] result, int batch) {
        for (int s = 0; s < TOKENS; s++) {
            System.arraycopy(rows[s], 0, result, (batch * TOKENS + s) * HIDDEN, HIDDEN);
        }
    }

    private static void addInto(double[][] stream, double[][] branch) {
        for (int s = 0; s < TOKENS; s++) {
            addInto(stream[s], branch[s]);
        }
    }

    private static void addInto(double[] row, double[] branch) {
        for (int h = 0; h < HIDDEN; h++) {
            row[h] += branch[h];
        }
    }
}
