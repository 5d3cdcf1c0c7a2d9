package dev.plimsoll.planner.serving;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Provenance;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.serving.Engine.BeyondPositions;
import dev.plimsoll.planner.serving.Engine.EmbeddingPlace;
import dev.plimsoll.planner.serving.Engine.StateOfConvolutions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The engines that are known, each figure with its source.
public final class Engines {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;
    private static final int SUGGESTIONS = 2;

    private static final String SMALL = "vLLM's log of a 24 GB card, vllm-project/vllm#10517: 0.35 GiB";
    private static final List<String> BASIC_WEIGHTS = List.of("bf16", "fp8", "awq");
    private static final List<String> GGUF_WEIGHTS =
            List.of("bf16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m", "q2_k");

    private static final String SHARE_OF_VLLM = "0.92 of all memory from vLLM 0.22 on; 0.90 before";

    /// Users' logs of vLLM: 0.25 to 0.35 GiB beside what PyTorch allocates on cards of 24 GB (vllm-project/vllm#10517
    /// has 0.35), 1.8 GiB on one card of 80 GB and 3.6 GiB on each of two. NCCL's buffers as AIConfigurator measured them.
    private static final List<RuntimeRow> OF_VLLM = List.of(
            published(40 * GIB, 2, 3_686 * MIB, "vLLM's logs of two 80 GB cards: 3.6 GiB, NCCL included"),
            published(40 * GIB, 1, 1_843 * MIB, "vLLM's logs of one 80 GB card: 1.8 GiB"),
            published(0, 4, 750 * MIB, SMALL + "; NCCL for four: 392 MiB"),
            published(0, 2, 700 * MIB, SMALL + "; NCCL for two: 342 MiB"),
            published(0, 1, 358 * MIB, SMALL));

    /// 72 capacities that TensorRT-LLM measured on H100 and GB300 leave, beside weights and cache, 2.2 to 3.6 GiB of
    /// Llama-3.1-8B on one device, 3.5 to 4.3 on each of two and 4.2 to 4.9 on each of four; of a 32B model in fp8 3.7 to
    /// 6.5 on one and 4.4 to 5.7 on more. The rows are what is left of these without activations.
    private static final List<RuntimeRow> OF_TRTLLM = List.of(
            published(40 * GIB, 4, 3_891 * MIB, "TensorRT-LLM's measured capacities on four devices"),
            published(40 * GIB, 2, 2_970 * MIB, "TensorRT-LLM's measured capacities on two devices"),
            published(40 * GIB, 1, 1_434 * MIB, "TensorRT-LLM's measured capacities on one device"),
            published(0, 4, 750 * MIB, SMALL + "; NCCL for four: 392 MiB"),
            published(0, 2, 700 * MIB, SMALL + "; NCCL for two: 342 MiB"),
            published(0, 1, 358 * MIB, SMALL));

    /// What is gone before SGLang looks how much is free: sgl-project/sglang's pool of Qwen3-235B in fp8 on four H100
    /// (vllm-project/vllm#21348) leaves about 2 GiB.
    private static final List<RuntimeRow> OF_SGLANG = List.of(
            published(0, 2, 2_048 * MIB, "a log of SGLang on four H100, vllm-project/vllm#21348"),
            new RuntimeRow(0, 1, 512 * MIB, "the context alone; no measurement at hand", Provenance.ASSUMED));

    /// Weights and cache alone.
    public static final Engine IDEAL = new Engine(
            "ideal",
            "no engine",
            new BudgetRule.Everything(),
            "all that is usable",
            Optional.empty(),
            CacheSharing.BY_LAYER,
            1,
            1,
            List.of("f32", "bf16", "f16", "fp8", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "int8", "int4", "nvfp4"),
            Optional.empty(),
            StateOfConvolutions.AS_STATES,
            1,
            EmbeddingPlace.DEVICE,
            BeyondPositions.TAKEN,
            List.of(new StepDefaults(0, 1, 0, 0)),
            List.of(),
            new GraphRule.NotCounted(),
            ActivationRule.NOT_COUNTED,
            0,
            BASIC_WEIGHTS);

    /// Source: vllm-project/vllm, `vllm/config/cache.py` and `vllm/engine/arg_utils.py`.
    public static final Engine VLLM = vllm("0.22 and later", 0.92, SHARE_OF_VLLM, new GraphRule.Fixed(307 * MIB));

    /// The same before: captured graphs come on top of the budget. Known of 0.19 and earlier; 0.20 and 0.21 are taken to
    /// do as these, which promises less.
    public static final Engine VLLM_BEFORE =
            vllm("before 0.22", 0.90, "0.90 of all memory before vLLM 0.22; 0.92 since", new GraphRule.NotCounted());

    /// Source: NVIDIA/TensorRT-LLM, `KvCacheConfig` (`free_gpu_memory_fraction`), `BuildConfig` (8,192 tokens).
    public static final Engine TRTLLM = new Engine(
            "trtllm",
            "1.x",
            new BudgetRule.ShareOfFree(0.90),
            "0.90 of what is free once weights and runtime are there (free_gpu_memory_fraction)",
            Optional.of("free_gpu_memory_fraction"),
            CacheSharing.BY_LAYER,
            32,
            32,
            List.of("f32", "bf16", "f16", "fp8", "int8", "nvfp4"),
            Optional.empty(),
            StateOfConvolutions.AS_ACTIVATIONS,
            1,
            EmbeddingPlace.DEVICE,
            BeyondPositions.REFUSED,
            List.of(new StepDefaults(0, 1, 8_192, 256)),
            OF_TRTLLM,
            new GraphRule.NotCounted(),
            ActivationRule.TWO_LAYERS,
            GIB,
            List.of("bf16", "fp8", "awq", "nvfp4"));

    /// Source: sgl-project/sglang, `server_args.py`: chunk and largest captured batch by memory, and the reserve.
    public static final Engine SGLANG = new Engine(
            "sglang",
            "0.5",
            new BudgetRule.Reserve(512 * MIB, 3 * MIB / 2, 2 * MIB, GIB / 8, 10 * GIB, 60 * GIB),
            "all memory but a reserve of 512 MiB, 1.5 MiB a token of a chunk, 2 MiB a sequence of the largest captured"
                    + " batch and 1 GiB for each 8 devices; at least 10 GiB above 60 GiB",
            Optional.of("mem-fraction-static"),
            CacheSharing.BY_LAYER,
            1,
            1,
            List.of("f32", "bf16", "f16", "fp8", "fp8_e4m3", "fp8_e5m2"),
            Optional.empty(),
            StateOfConvolutions.AS_ACTIVATIONS,
            64,
            EmbeddingPlace.DEVICE,
            BeyondPositions.REFUSED,
            List.of(
                    new StepDefaults(160 * GIB, 1, 16_384, 512),
                    new StepDefaults(60 * GIB, 4, 8_192, 512),
                    new StepDefaults(60 * GIB, 1, 8_192, 256),
                    new StepDefaults(35 * GIB, 4, 4_096, 160),
                    new StepDefaults(35 * GIB, 1, 4_096, 32),
                    new StepDefaults(20 * GIB, 4, 2_048, 80),
                    new StepDefaults(20 * GIB, 1, 2_048, 24),
                    new StepDefaults(0, 1, 2_048, 8)),
            OF_SGLANG,
            new GraphRule.NotCounted(),
            ActivationRule.LARGER_PHASE,
            0,
            BASIC_WEIGHTS);

    /// Source: ggml-org/llama.cpp, `common/common.h` (`fit_params_target`, 1024 MiB; `n_ubatch`, 512) and its cache,
    /// which is padded to 256 cells.
    public static final Engine LLAMACPP = new Engine(
            "llamacpp",
            "2026",
            new BudgetRule.Margin(GIB),
            "all that is free but a margin of 1024 MiB (--fit-target)",
            Optional.empty(),
            CacheSharing.BY_LAYER,
            256,
            256,
            List.of("f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"),
            Optional.of("f16"),
            StateOfConvolutions.AS_STATES,
            1,
            EmbeddingPlace.HOST,
            BeyondPositions.TAKEN,
            List.of(new StepDefaults(0, 1, 512, 1)),
            List.of(new RuntimeRow(0, 1, 358 * MIB, "taken as vLLM's context on a card of 24 GB", Provenance.ASSUMED)),
            new GraphRule.NotCounted(),
            ActivationRule.ONE_BUFFER,
            0,
            GGUF_WEIGHTS);

    private static final List<Engine> CURRENT = List.of(VLLM, TRTLLM, SGLANG, LLAMACPP, IDEAL);
    private static final int FIRST_MINOR_WITH_NEW_SHARE = 22;

    private Engines() {}

    public static List<String> names() {
        return CURRENT.stream().map(Engine::name).toList();
    }

    /// The engine of that name; `vllm@0.19` is that version of vLLM.
    ///
    /// @param option what asks, for example `--engine`
    /// @throws InputException naming all of them
    public static Engine require(String option, String asked) {
        String lower = asked.toLowerCase(Locale.ROOT);
        int at = lower.indexOf('@');
        String name = at < 0 ? lower : lower.substring(0, at);
        for (Engine engine : CURRENT) {
            if (engine.name().equals(name) && at < 0) {
                return engine;
            }
        }
        if (name.equals(VLLM.name())) {
            return ofVersion(option, asked, lower.substring(at + 1));
        }
        throw InputException.usage(
                option + ": found '" + Text.printable(asked) + "', expected one of " + String.join(", ", names())
                        + ", or vllm@VERSION",
                "The nearest are " + String.join(", ", Nearest.of(name, names(), SUGGESTIONS)) + ".");
    }

    private static Engine ofVersion(String option, String asked, String version) {
        if (!version.matches("[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,3})?")) {
            throw InputException.usage(
                    option + ": found '" + Text.printable(asked) + "', expected a version such as vllm@0.19",
                    "Write vllm for the newest one.");
        }
        String[] numbers = version.split("\\.", -1);
        boolean isNew = Integer.parseInt(numbers[0]) > 0 || Integer.parseInt(numbers[1]) >= FIRST_MINOR_WITH_NEW_SHARE;
        return isNew ? VLLM : VLLM_BEFORE;
    }

    private static Engine vllm(String versions, double share, String source, GraphRule graphs) {
        return new Engine(
                "vllm",
                versions,
                new BudgetRule.ShareOfAll(share),
                source,
                Optional.of("gpu-memory-utilization"),
                CacheSharing.ONE_POOL,
                16,
                64,
                List.of("f32", "bf16", "f16", "fp8_ds_mla", "fp8", "fp8_e4m3", "fp8_e5m2"),
                Optional.empty(),
                StateOfConvolutions.AS_ACTIVATIONS,
                64,
                EmbeddingPlace.DEVICE,
                BeyondPositions.REFUSED,
                List.of(new StepDefaults(70 * GIB, 1, 8_192, 1_024), new StepDefaults(0, 1, 2_048, 256)),
                OF_VLLM,
                graphs,
                ActivationRule.LARGER_PHASE,
                GIB,
                BASIC_WEIGHTS);
    }

    private static RuntimeRow published(long fromBytes, int fromDevices, long bytes, String source) {
        return new RuntimeRow(fromBytes, fromDevices, bytes, source, Provenance.PUBLISHED);
    }
}
