package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.planner.framework.BufferRules.Gathering;
import dev.plimsoll.planner.framework.BufferRules.SpareGradients;
import dev.plimsoll.planner.memory.StageMemory.Moment;
import dev.plimsoll.planner.memory.StageRules.Copies;
import dev.plimsoll.planner.training.TrainingMethod.Offload;

/// One stage's sum, in whole numbers.
final class StageSum {
    /// Parameters that may stay gathered, in buckets. Source: microsoft/DeepSpeed, `stage3_max_live_parameters` 1e9 and
    /// `reduce_bucket_size` 5e8.
    private static final long LIVE_BUCKETS = 2;

    private final StageRules rules;
    private long weights;
    private long gradients;
    private long masterWeights;
    private long optimizerStates;
    private long trained;
    private long activations;
    private long largestSaved;
    private long loss;
    private long logits;
    private long layer;
    private long edgeParameters;
    private long headParameters;
    private long layerParameters;
    private long allParameters;
    private long reduced;

    StageSum(StageRules rules) {
        this.rules = rules;
    }

    StageMemory of(LayerMemory[] kinds, long[] counts, long[] inFlight, long[] deferred) {
        long spare = 0;
        for (int at = 0; at < kinds.length; at++) {
            states(kinds[at].dense(), counts[at], rules.shards());
            states(kinds[at].experts(), counts[at], rules.expertShards());
            activations += kinds[at].saved() * inFlight[at] + kinds[at].deferred() * deferred[at];
            moments(kinds[at], counts[at]);
            spare += rules.buffers().gradients() == SpareGradients.ONE_A_SHAPE ? spare(kinds, at) : 0;
        }
        offload();
        return worst(spare + rules.buffers().fixed().count());
    }

    private void states(HeldParameters held, long count, long shards) {
        if (held.parameters() == 0) {
            return;
        }
        weights += share(held.weights() * count, rules.dealsOutWeights() ? shards : 1);
        gradients += share(held.gradients() * count, rules.sharding().compareTo(Sharding.GRADIENTS) >= 0 ? shards : 1);
        long owners = rules.sharding() == Sharding.NONE ? 1 : shards;
        masterWeights += share(held.masterWeights() * count, owners);
        optimizerStates += share(held.optimizerStates() * count, owners);
        trained += share(held.trained() * count, owners);
    }

    private static long share(long bytes, long owners) {
        return owners == 1 ? bytes : Math.ceilDiv(bytes, owners);
    }

    private void moments(LayerMemory kind, long count) {
        long parameters = kind.parameters();
        allParameters += parameters * count;
        switch (kind.place()) {
            case BEFORE -> edgeParameters += parameters * count;
            case LAYER -> {
                layer = Math.max(layer, kind.rerun() + kind.working());
                largestSaved = Math.max(largestSaved, kind.saved());
                if (parameters > layerParameters) {
                    layerParameters = parameters;
                    // Reduced while the layer before it works, whose activations are as many fewer.
                    reduced = Math.max(0, parameters * rules.gradientBytes() - kind.saved());
                }
            }
            case BEHIND -> {
                edgeParameters += parameters * count;
                headParameters += parameters * count;
                loss += kind.working();
                logits += kind.logits();
            }
        }
    }

    /// One gradient for each shape that no kind before had.
    private long spare(LayerMemory[] kinds, int at) {
        long elements = 0;
        for (long shape : kinds[at].products()) {
            boolean known = false;
            for (int before = 0; before < at && !known; before++) {
                for (long other : kinds[before].products()) {
                    known |= other == shape;
                }
            }
            elements += known ? 0 : ProductShapes.elements(shape);
        }
        return elements * rules.activationBytes();
    }

    private void offload() {
        if (rules.offload().optimizer() == Offload.Place.HOST) {
            masterWeights = 0;
            optimizerStates = 0;
        }
        if (rules.offload().weights() == Offload.Place.HOST) {
            weights = 0;
        }
        if (rules.offload().activations() == Offload.Place.HOST) {
            // One layer's are used while another's travel.
            activations = Math.min(activations, 2 * largestSaved);
        }
    }

    private StageMemory worst(long always) {
        long atLoss = logits + loss + gathered(Moment.LOSS);
        long atLayer = layer + gathered(Moment.BACKWARD);
        long atStep = trained * rules.buffers().bytesEachAtStep();
        if (atStep > activations + Math.max(atLoss, atLayer)) {
            return at(Moment.STEP, 0, 0, atStep, always);
        }
        return atLoss >= atLayer && logits > 0
                ? at(Moment.LOSS, activations, logits, loss, always + gathered(Moment.LOSS))
                : at(Moment.BACKWARD, activations, 0, layer, always + gathered(Moment.BACKWARD));
    }

    private StageMemory at(Moment moment, long saved, long scores, long working, long buffers) {
        return new StageMemory(
                moment,
                weights,
                gradients,
                masterWeights,
                optimizerStates,
                saved,
                scores,
                working,
                buffers,
                rules.groups());
    }

    /// Weights that are together, and gradients that are not yet dealt out.
    private long gathered(Moment moment) {
        boolean byLayer =
                rules.sharding() == Sharding.WEIGHTS || rules.offload().weights() == Offload.Place.HOST;
        if (rules.buffers().gathering() == Gathering.UP_TO_A_LIMIT) {
            return upToALimit(byLayer);
        }
        if (!byLayer) {
            return rules.copies() == Copies.NARROWER ? allParameters * rules.activationBytes() : 0;
        }
        long together = edgeParameters + 2 * layerParameters;
        return switch (moment) {
            case LOSS, STEP -> together * rules.activationBytes();
            case BACKWARD -> (together + layerParameters + headParameters) * rules.activationBytes() + reduced;
        };
    }

    private long upToALimit(boolean byLayer) {
        if (rules.sharding() == Sharding.NONE && !byLayer) {
            return 0;
        }
        long bucket = rules.buffers().bucketElements();
        long live = byLayer ? Math.min(LIVE_BUCKETS * bucket, allParameters) : 0;
        return (live + Math.min(bucket, allParameters)) * rules.activationBytes();
    }
}
