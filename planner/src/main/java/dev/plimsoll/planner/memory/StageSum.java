package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.planner.framework.BufferRules.Gathering;
import dev.plimsoll.planner.framework.BufferRules.Gradients;
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
            spare += rules.buffers().spareGradients() == SpareGradients.ONE_A_SHAPE ? spare(kinds, at) : 0;
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
                    // Reduced while the layer before it works: one layer's activations and one gathered buffer fewer.
                    long gathered = parameters * rules.activationBytes();
                    reduced = Math.max(0, parameters * rules.gradientBytes() - gathered - kind.saved());
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
        long before = rules.buffers().gradients() == Gradients.WITHIN_STEP && rules.microBatches() == 1 ? 0 : gradients;
        long atLoss = logits == 0 ? 0 : before + activations + logits + loss + gathered(Moment.LOSS);
        long atLayer = before + activations + layer + gathered(Moment.BACKWARD);
        long atEnd = gradients + gathered(Moment.REDUCTION);
        long atStep = gradients + trained * rules.buffers().bytesEachAtStep() + gathered(Moment.STEP);
        long most = Math.max(Math.max(atLoss, atLayer), Math.max(atEnd, atStep));
        if (most == atLoss && logits > 0) {
            return at(Moment.LOSS, before, activations, logits, loss, always);
        }
        if (most == atLayer) {
            return at(Moment.BACKWARD, before, activations, 0, layer, always);
        }
        return most == atEnd
                ? at(Moment.REDUCTION, gradients, 0, 0, 0, always)
                : at(Moment.STEP, gradients, 0, 0, trained * rules.buffers().bytesEachAtStep(), always);
    }

    private StageMemory at(Moment moment, long held, long saved, long scores, long working, long buffers) {
        return new StageMemory(
                moment,
                weights,
                held,
                masterWeights,
                optimizerStates,
                saved,
                scores,
                working,
                buffers + gathered(moment),
                pools(gradients - held),
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
        if (rules.stages() > 1) {
            // Weights stay together, and gradients whole, until the last micro-batch is back.
            return allParameters * (rules.activationBytes() + rules.gradientBytes());
        }
        return byLayer(moment);
    }

    /// Layer by layer. Source: pytorch/pytorch, `_fsdp_param_group.py`: a gathered buffer is let go when the next is
    /// copied out, a reduced one when the next is reduced; the root group stays together.
    private long byLayer(Moment moment) {
        int each = rules.activationBytes();
        return switch (moment) {
            case LOSS -> (edgeParameters + 2 * layerParameters) * each;
            case BACKWARD -> (edgeParameters + headParameters + 4 * layerParameters) * each + reduced;
            case REDUCTION -> edgeParameters * (each + rules.gradientBytes());
            case STEP -> 0;
        };
    }

    /// What is gathered and reduced is allocated on streams of its own, whose free blocks no other stream can use: the
    /// largest gathered buffer (but one layer's, which is counted), the largest reduced one, and gradients that come out
    /// of it later. Source: pytorch/pytorch, `_fsdp_collectives.py`, and the caching allocator's pools, one a stream.
    private long pools(long later) {
        boolean byLayer =
                rules.sharding() == Sharding.WEIGHTS && rules.buffers().gathering() == Gathering.LAYER_AND_NEXT;
        if (!byLayer) {
            return 0;
        }
        long largest = Math.max(edgeParameters, 2 * layerParameters);
        return (largest - layerParameters) * rules.activationBytes() + largest * rules.gradientBytes() + later;
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
