package dev.plimsoll.formats.launch;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The flags of Megatron-LM's command line that Plimsoll reads, how many values each takes, and their other names.
///
/// Source: NVIDIA/Megatron-LM, `megatron/training/arguments.py` and the configs it builds flags from; the launcher's
/// are `torchrun`'s.
final class MegatronFlags {
    /// How many values follow a flag.
    enum Arity {
        SWITCH,
        ONE,
        SEVERAL
    }

    private static final List<String> SWITCHES = List.of(
            "--sequence-parallel",
            "--use-distributed-optimizer",
            "--use-torch-fsdp2",
            "--torch-fsdp2-no-reshard-after-forward",
            "--use-megatron-fsdp",
            "--recompute-activations",
            "--checkpoint-activations",
            "--distribute-saved-activations",
            "--bf16",
            "--fp16",
            "--grad-reduce-in-bf16",
            "--accumulate-allreduce-grads-in-fp32",
            "--use-precision-aware-optimizer",
            "--optimizer-cpu-offload",
            "--cpu-offloading",
            "--swiglu",
            "--group-query-attention",
            "--disable-bias-linear",
            "--untie-embeddings-and-output-weights",
            "--account-for-embedding-in-pipeline-split",
            "--account-for-loss-in-pipeline-split");
    private static final List<String> VALUED = List.of(
            "--tensor-model-parallel-size",
            "--pipeline-model-parallel-size",
            "--num-layers-per-virtual-pipeline-stage",
            "--num-virtual-stages-per-pipeline-rank",
            "--decoder-first-pipeline-num-layers",
            "--decoder-last-pipeline-num-layers",
            "--pipeline-model-parallel-layout",
            "--context-parallel-size",
            "--expert-model-parallel-size",
            "--expert-tensor-parallel-size",
            "--data-parallel-sharding-strategy",
            "--num-distributed-optimizer-instances",
            "--micro-batch-size",
            "--global-batch-size",
            "--seq-length",
            "--train-iters",
            "--train-samples",
            "--recompute-granularity",
            "--recompute-method",
            "--recompute-num-layers",
            "--optimizer",
            "--main-grads-dtype",
            "--main-params-dtype",
            "--exp-avg-dtype",
            "--exp-avg-sq-dtype",
            "--fp8-format",
            "--transformer-impl",
            "--hidden-dropout",
            "--attention-dropout",
            "--num-layers",
            "--hidden-size",
            "--ffn-hidden-size",
            "--num-attention-heads",
            "--num-query-groups",
            "--kv-channels",
            "--max-position-embeddings",
            "--vocab-size",
            "--make-vocab-size-divisible-by",
            "--normalization",
            "--position-embedding-type",
            "--nproc-per-node",
            "--nnodes");
    private static final Map<String, String> OTHER_NAMES = Map.ofEntries(
            Map.entry("--model-parallel-size", "--tensor-model-parallel-size"),
            Map.entry("--tensor-parallel-size", "--tensor-model-parallel-size"),
            Map.entry("--tp", "--tensor-model-parallel-size"),
            Map.entry("--pp", "--pipeline-model-parallel-size"),
            Map.entry("--cp", "--context-parallel-size"),
            Map.entry("--ep", "--expert-model-parallel-size"),
            Map.entry("--etp", "--expert-tensor-parallel-size"),
            Map.entry("--batch-size", "--micro-batch-size"),
            Map.entry("--encoder-seq-length", "--seq-length"),
            Map.entry("--fp8", "--fp8-format"),
            Map.entry("--num-gpus", "--nproc-per-node"),
            Map.entry("--num-nodes", "--nnodes"),
            Map.entry("--use-custom-fsdp", "--use-megatron-fsdp"));
    private static final Map<String, Arity> ARITIES = arities();

    /// Beginnings of flags that change neither memory nor time of a step, or that Plimsoll counts by its profile.
    private static final Map<String, Set<String>> REASONS = reasons();

    private MegatronFlags() {}

    /// The flag's usual name: `_` as `-`, and not an alias.
    static String usualName(String flag) {
        String dashed = flag.replace('_', '-');
        return OTHER_NAMES.getOrDefault(dashed, dashed);
    }

    static boolean isKnown(String usualName) {
        return ARITIES.containsKey(usualName);
    }

    /// Unknown flags take what follows, up to the next flag.
    static Arity arity(String usualName) {
        return ARITIES.getOrDefault(usualName, Arity.SEVERAL);
    }

    /// Why a flag is not read.
    static String reason(String usualName) {
        return REASONS.entrySet().stream()
                .filter(entry -> entry.getValue().stream().anyMatch(usualName::startsWith))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("not read by Plimsoll");
    }

    private static Map<String, Arity> arities() {
        Map<String, Arity> arities = new HashMap<>();
        SWITCHES.forEach(flag -> arities.put(flag, Arity.SWITCH));
        VALUED.forEach(flag -> arities.put(flag, Arity.ONE));
        arities.put("--recompute-modules", Arity.SEVERAL);
        arities.put("--cp-comm-type", Arity.SEVERAL);
        return Map.copyOf(arities);
    }

    private static Map<String, Set<String>> reasons() {
        Map<String, Set<String>> reasons = new LinkedHashMap<>();
        reasons.put(
                "data: changes neither memory nor time of a step",
                Set.of(
                        "--data-",
                        "--train-data",
                        "--valid-data",
                        "--test-data",
                        "--split",
                        "--tokenizer",
                        "--vocab-file",
                        "--merge-file",
                        "--num-workers",
                        "--mock-data",
                        "--dataloader",
                        "--reset-",
                        "--eod-mask",
                        "--no-create-attention-mask",
                        "--no-mmap",
                        "--tiktoken"));
        reasons.put(
                "a shape beyond a dense decoder: name the model itself",
                Set.of(
                        "--num-experts",
                        "--moe-",
                        "--multi-latent",
                        "--q-lora",
                        "--kv-lora",
                        "--qk-head",
                        "--qk-pos",
                        "--v-head",
                        "--hybrid-",
                        "--mtp-"));
        reasons.put(
                "checkpoints and evaluation: not part of a step",
                Set.of(
                        "--save",
                        "--load",
                        "--no-save",
                        "--no-load",
                        "--ckpt",
                        "--dist-ckpt",
                        "--use-dist-ckpt",
                        "--async-save",
                        "--eval-",
                        "--exit-",
                        "--finetune"));
        reasons.put(
                "logging: changes neither memory nor time of a step",
                Set.of("--log-", "--tensorboard", "--wandb", "--profile", "--timing-", "--no-one-logger"));
        reasons.put(
                "the course of learning: changes neither memory nor time of a step",
                Set.of(
                        "--lr",
                        "--min-lr",
                        "--decoupled",
                        "--weight-decay",
                        "--adam-",
                        "--clip-grad",
                        "--init-method",
                        "--seed",
                        "--loss-scale",
                        "--initial-loss-scale",
                        "--min-loss-scale",
                        "--hysteresis",
                        "--start-weight-decay",
                        "--end-weight-decay",
                        "--sgd-momentum",
                        "--rotary-",
                        "--norm-epsilon"));
        reasons.put(
                "the launcher's: where the processes meet",
                Set.of("--master-", "--node-rank", "--rdzv", "--local-rank", "--distributed-", "--tee"));
        reasons.put(
                "what overlaps and what is fused is the profile's",
                Set.of(
                        "--overlap-",
                        "--tp-comm",
                        "--no-overlap",
                        "--use-flash-attn",
                        "--attention-backend",
                        "--no-masked-softmax",
                        "--no-bias-",
                        "--no-rope",
                        "--no-gradient-accumulation",
                        "--use-mcore",
                        "--cross-entropy",
                        "--ddp-",
                        "--manual-gc",
                        "--empty-unused"));
        return reasons;
    }
}
