package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.rewrite.Kept.Finding;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/// The tensors in which an attention core leaves what it finds on its way, and in which its gradient finds it again.
///
/// Of all pairs, `[b, a, s, t]`: [Finding#PROBABILITIES], [Finding#CAPPED_SCORES], [Finding#DROPOUT_MASK],
/// [Finding#DROPPED_PROBABILITIES]; of each query, `[b, a, s]`: [Finding#SINK_PROBABILITY], [Finding#LOG_SUM_EXP].
/// A forward pass writes those that are there; of pairs that are not seen it writes zeros.
public final class Findings {
    public static final Findings NONE = new Findings(Map.of());

    private final Map<Finding, Tensor> tensors = new EnumMap<>(Finding.class);

    public Findings(Map<Finding, Tensor> tensors) {
        this.tensors.putAll(tensors);
    }

    Optional<Tensor> get(Finding what) {
        return Optional.ofNullable(tensors.get(what));
    }

    boolean has(Finding what) {
        return tensors.containsKey(what);
    }

    void store(Finding what, long from, float[] values, int offset, int count, Work work) {
        Tensor tensor = tensors.get(what);
        if (tensor != null) {
            tensor.store(Math.toIntExact(from), values, offset, count, work);
        }
    }

    /// @throws IllegalStateException when the forward pass was not asked to keep it
    void load(Finding what, long from, float[] to, int toOffset, int count, Work work) {
        get(what)
                .orElseThrow(() -> new IllegalStateException("an attention's gradient needs its " + what))
                .load(Math.toIntExact(from), to, toOffset, count, work);
    }
}
