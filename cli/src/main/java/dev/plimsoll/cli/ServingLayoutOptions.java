package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.serving.ServingLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/// How a served model is split over devices.
final class ServingLayoutOptions {
    private static final long MOST = 1L << 20;

    @Option(
            names = {"--tensor-parallel-size", "--tp", "-tp", "--tensor-model-parallel-size"},
            paramLabel = "N",
            description = "Devices that hold a part of each matrix (default: 1).")
    private String tensor = "1";

    @Option(
            names = {"--pipeline-parallel-size", "--pp", "-pp", "--pipeline-model-parallel-size"},
            paramLabel = "N",
            description = "Stages, each with layers of its own (default: 1; with llamacpp all devices).")
    private String pipeline = "";

    @Option(
            names = "--pipeline-layers",
            paramLabel = "4,5,5,4",
            description = "Layers of each stage (default: an even split).")
    private String stageLayers = "";

    @Option(
            names = {"--data-parallel-size", "--dp", "-dp"},
            paramLabel = "N",
            description = "Replicas (default: what is left of the devices).")
    private String data = "";

    @Option(
            names = {"--expert-parallel-size", "--ep", "--expert-model-parallel-size"},
            paramLabel = "N",
            description = "Devices among which experts are dealt out (default: 1).")
    private String expert = "";

    @Option(names = "--enable-expert-parallel", description = "Experts dealt out over all devices of a stage.")
    private boolean everyDeviceExperts;

    @Option(
            names = {"--expert-tensor-parallel-size", "--etp"},
            paramLabel = "N",
            description = "Devices that hold a part of each expert (default: as many as are left of the tensor ones).")
    private String expertTensor = "";

    /// @param devices as many as were asked for; empty where none were
    /// @param splitsLayers whether the engine splits by layers where nothing is said
    ServingLayout layout(OptionalLong devices, LayerSplit splitsLayers) {
        int tensorDegree = degree("--tensor-parallel-size", tensor);
        int stages = pipeline.isEmpty()
                ? stages(devices, splitsLayers, tensorDegree)
                : degree("--pipeline-parallel-size", pipeline);
        int replicas =
                data.isEmpty() ? left(devices, (long) tensorDegree * stages) : degree("--data-parallel-size", data);
        requireDevices(devices, (long) tensorDegree * stages * replicas, tensorDegree, stages);
        int group = Math.toIntExact((long) tensorDegree * replicas);
        int experts = everyDeviceExperts ? group : expert.isEmpty() ? 1 : degree("--expert-parallel-size", expert);
        int expertTensors = expertTensor.isEmpty()
                ? Math.max(1, tensorDegree / experts)
                : degree("--expert-tensor-parallel-size", expertTensor);
        return new ServingLayout(tensorDegree, stages, experts, expertTensors, replicas, layers());
    }

    /// How an engine takes several devices.
    enum LayerSplit {
        BY_DEFAULT,
        WHERE_ASKED
    }

    private int stages(OptionalLong devices, LayerSplit split, int tensorDegree) {
        if (!stageLayers.isEmpty()) {
            return layers().size();
        }
        return switch (split) {
            case BY_DEFAULT -> data.isEmpty() ? Math.toIntExact(Math.max(1, devices.orElse(1) / tensorDegree)) : 1;
            case WHERE_ASKED -> 1;
        };
    }

    private static int left(OptionalLong devices, long used) {
        return Math.toIntExact(Math.max(1, devices.orElse(used) / used));
    }

    private static void requireDevices(OptionalLong devices, long used, int tensorDegree, int stages) {
        if (devices.isPresent() && devices.getAsLong() != used) {
            throw InputException.usage(
                    "--gpu: found " + devices.getAsLong() + " devices, expected " + used + " for tensor " + tensorDegree
                            + ", pipeline " + stages + " and the replicas asked for",
                    "Ask for a multiple of " + (long) tensorDegree * stages + " devices, or for other degrees.");
        }
    }

    private List<Integer> layers() {
        List<Integer> layers = new ArrayList<>();
        if (!stageLayers.isEmpty()) {
            for (String stage : stageLayers.split(",", -1)) {
                layers.add(degree("--pipeline-layers", stage.strip()));
            }
        }
        return layers;
    }

    private static int degree(String option, String text) {
        long count = Quantities.count(option, text);
        if (count > MOST) {
            throw InputException.usage(
                    option + ": found " + Text.printable(text) + ", expected at most " + MOST, "Ask for fewer.");
        }
        return Math.toIntExact(count);
    }
}
