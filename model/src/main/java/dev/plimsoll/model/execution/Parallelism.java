package dev.plimsoll.model.execution;

import java.util.List;

/// How a training run is split over devices.
///
/// Ranks are numbered with tensor parallelism innermost, then context, then data, then pipeline. Experts are split over
/// the devices of one stage: `tensor · context · data = expert.degree · expert.tensorDegree · replicas of an expert`.
///
/// Source of the order: NVIDIA/Megatron-LM, `parallel_state.py` (`tp-cp-ep-dp-pp`).
public record Parallelism(
        TensorParallel tensor,
        ContextParallel context,
        ExpertParallel expert,
        PipelineParallel pipeline,
        DataParallel data) {
    /// One device.
    public static final Parallelism NONE = new Parallelism(
            new TensorParallel(1, SequenceSplit.WHOLE),
            new ContextParallel(1, ContextExchange.RING),
            new ExpertParallel(1, 1),
            new PipelineParallel(1, 1, PipelineSchedule.ONE_FORWARD_ONE_BACKWARD, List.of()),
            new DataParallel(1, 1, Sharding.NONE));

    /// Whether the ranks of a tensor-parallel group also split the tokens between the linear maps.
    ///
    /// Source: Korthikanti et al. 2022, section 4.2.2.
    public enum SequenceSplit {
        WHOLE,
        SPLIT
    }

    /// @param degree devices that hold a part of each matrix
    public record TensorParallel(int degree, SequenceSplit sequence) {
        public TensorParallel {
            requirePositive("tensor", degree);
        }
    }

    /// How ranks that hold parts of a sequence attend to each other's keys.
    public enum ContextExchange {
        /// Keys and values travel round the ranks.
        RING,
        /// Tokens are exchanged for heads before the attention core, and back after it.
        ALL_TO_ALL
    }

    /// @param degree devices that hold a part of each sequence
    public record ContextParallel(int degree, ContextExchange exchange) {
        public ContextParallel {
            requirePositive("context", degree);
        }
    }

    /// @param degree devices among which the experts of a layer are dealt out
    /// @param tensorDegree devices that hold a part of each expert's matrices
    public record ExpertParallel(int degree, int tensorDegree) {
        public ExpertParallel {
            requirePositive("expert", degree);
            requirePositive("expert tensor", tensorDegree);
        }
    }

    /// @param degree stages
    /// @param chunks pieces of the model on each stage (virtual stages), 1 without interleaving
    /// @param layers how many layers stand on each chunk in the order they are run, where the split is not even
    public record PipelineParallel(int degree, int chunks, PipelineSchedule schedule, List<Integer> layers) {
        public PipelineParallel {
            requirePositive("pipeline", degree);
            requirePositive("virtual pipeline", chunks);
            layers = List.copyOf(layers);
        }
    }

    /// In what order a stage runs its micro-batches.
    public enum PipelineSchedule {
        /// All forwards, then all backwards. Source: Huang et al. 2019 (GPipe).
        GPIPE,
        /// After a warm-up, one forward, one backward; interleaved where a stage has several chunks.
        ///
        /// Source: Narayanan et al. 2021, section 2.2.
        ONE_FORWARD_ONE_BACKWARD,
        /// The gradients of the weights are put off to fill the bubble. Source: Qi et al. 2024, ZB-H1.
        ZERO_BUBBLE
    }

    /// What data-parallel ranks share out instead of holding it whole. Each level includes those before it.
    ///
    /// Source: Rajbhandari et al. 2020 (ZeRO), section 5.
    public enum Sharding {
        NONE,
        OPTIMIZER,
        GRADIENTS,
        WEIGHTS;

        /// The stage of ZeRO that it is, 0 for none.
        public int zero() {
            return switch (this) {
                case NONE -> 0;
                case OPTIMIZER -> 1;
                case GRADIENTS -> 2;
                case WEIGHTS -> 3;
            };
        }
    }

    /// @param degree replicas: groups of devices that see different sequences
    /// @param shards devices over which `sharding` deals out; the degree, or a divisor of it (hybrid sharding)
    public record DataParallel(int degree, int shards, Sharding sharding) {
        public DataParallel {
            requirePositive("data", degree);
            requirePositive("shards", shards);
        }
    }

    /// All devices.
    public long devices() {
        return (long) tensor.degree() * context.degree() * pipeline.degree() * data.degree();
    }

    private static void requirePositive(String what, int degree) {
        if (degree < 1) {
            throw new IllegalArgumentException("the " + what + " degree is at least 1, not " + degree);
        }
    }
}
