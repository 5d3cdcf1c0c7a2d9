package dev.plimsoll.cli;

import dev.plimsoll.planner.hardware.Accelerator;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.HardwareAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `plimsoll hardware [NAME...]`
@Command(
        name = "hardware",
        description = "The devices that are known by name, each figure with its source.",
        mixinStandardHelpOptions = true)
final class HardwareCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "Only these; one alone shows every figure. A YAML file shows what it describes.")
    private List<String> names = new ArrayList<>();

    @Mixin
    private OutputOptions output = new OutputOptions();

    HardwareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Accelerator> accelerators = names.isEmpty()
                ? List.copyOf(Devices.builtIn().accelerators().values())
                : RequestedDevices.read("hardware", String.join(",", names)).stream()
                        .map(DeviceRequest::accelerator)
                        .toList();
        Answer answer = new HardwareAnswer(accelerators).answer(output.view());
        return output.print(console, answer.data(), answer.page(), List.of());
    }
}
