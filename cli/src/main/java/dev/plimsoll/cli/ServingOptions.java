package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.serving.Adapters;
import dev.plimsoll.planner.serving.Engine;
import dev.plimsoll.planner.serving.Engines;
import dev.plimsoll.planner.serving.HostShare;
import dev.plimsoll.planner.serving.ServingLimits;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/// Engine, devices and what is served at once.
final class ServingOptions {
    @Option(
            names = {"--gpu", "--device"},
            paramLabel = "NAME",
            description = "The device: rtx-4090, h100:8 or h100x8, several between commas, or a YAML file.")
    private String gpu = "";

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "vllm, vllm@0.19, trtllm, sglang, llamacpp or ideal (default: vllm)")
    private String engine = "vllm";

    @Option(
            names = {"--max-model-len", "--seq-length"},
            paramLabel = "N",
            description = "Tokens of the longest sequence (default: what the model was made for).")
    private String maxModelLen = "";

    @Option(
            names = {"--max-num-seqs", "--batch"},
            paramLabel = "B",
            description =
                    "Sequences of that length to hold at once (default: 1 has to fit; the engine's own for a step).")
    private String maxNumSeqs = "";

    @Option(
            names = {"--max-num-batched-tokens", "--ubatch-size"},
            paramLabel = "T",
            description = "Tokens of one step (default: the engine's).")
    private String maxBatchedTokens = "";

    @Option(
            names = {"--gpu-memory-utilization", "--mem-fraction-static", "--free-gpu-memory-fraction"},
            paramLabel = "F",
            description = "The engine's share of memory (default: the engine's).")
    private String share = "";

    @Option(
            names = "--reserve",
            paramLabel = "SIZE",
            description = "What runtime and activations take together, in place of the estimate.")
    private String reserve = "";

    @Option(names = "--block-size", paramLabel = "N", description = "Tokens of a page (default: the engine's).")
    private String pageTokens = "";

    @Option(
            names = {"--gpu-layers", "--n-gpu-layers", "-ngl"},
            paramLabel = "N",
            description = "llama.cpp: layers on devices, counted from the last, the head as one (default: all).")
    private String gpuLayers = "";

    @Option(
            names = "--n-cpu-moe",
            paramLabel = "N",
            description = "llama.cpp: first layers whose experts stay on the host (default: none).")
    private String hostExpertLayers = "";

    @Option(
            names = {"--lora-rank", "--max-lora-rank"},
            paramLabel = "R",
            description = "Rank of the adapters held beside the weights.")
    private String loraRank = "";

    @Option(names = "--max-loras", paramLabel = "N", description = "Adapters held at once (default: 1).")
    private String maxLoras = "1";

    @Option(names = "--draft", paramLabel = "REF", description = "A model that proposes tokens, on the same devices.")
    private String draft = "";

    /// The kinds of device, each to be answered on its own.
    List<DeviceRequest> devices() {
        if (gpu.isEmpty()) {
            throw InputException.usage(
                    "--gpu: found nothing, expected a kind of device",
                    "Say on what it is to be served, for example --gpu rtx-4090; plimsoll hardware lists what is known.");
        }
        return RequestedDevices.read("--gpu", gpu);
    }

    Engine engine() {
        return Engines.require("--engine", engine);
    }

    /// @param longest what the model was made for
    ServingLimits limits(long longest) {
        OptionalLong sequences = optional("--max-num-seqs", maxNumSeqs);
        return new ServingLimits(
                maxModelLen.isEmpty() ? longest : Quantities.count("--max-model-len", maxModelLen),
                sequences.orElse(1),
                sequences,
                optional("--max-num-batched-tokens", maxBatchedTokens));
    }

    /// Whether a length is asked for.
    boolean hasLength() {
        return !maxModelLen.isEmpty();
    }

    OptionalDouble share() {
        if (share.isEmpty()) {
            return OptionalDouble.empty();
        }
        try {
            double value = Double.parseDouble(share);
            if (value > 0 && value <= 1) {
                return OptionalDouble.of(value);
            }
        } catch (NumberFormatException notANumber) {
            // Falls through to the one message below.
        }
        throw InputException.usage(
                "--gpu-memory-utilization: found '" + Text.printable(share) + "', expected a share above 0 and up to 1",
                "Write for example 0.92.");
    }

    OptionalLong reserve() {
        return reserve.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Quantities.bytes("--reserve", reserve).count());
    }

    OptionalLong pageTokens() {
        return optional("--block-size", pageTokens);
    }

    HostShare host() {
        return new HostShare(
                gpuLayers.equals("0") ? OptionalLong.of(0) : optional("--gpu-layers", gpuLayers),
                optional("--n-cpu-moe", hostExpertLayers).orElse(0));
    }

    Adapters adapters() {
        OptionalLong rank = optional("--lora-rank", loraRank);
        return rank.isPresent()
                ? new Adapters(rank.getAsLong(), Quantities.count("--max-loras", maxLoras))
                : Adapters.NONE;
    }

    /// Empty for none.
    String draft() {
        return draft;
    }

    private static OptionalLong optional(String option, String text) {
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Quantities.count(option, text));
    }
}
