package dev.plimsoll.cli;

import picocli.CommandLine.Mixin;

/// All that may be said of a training run beside the model.
final class TrainOptions {
    @Mixin
    private DeviceOptions devices = new DeviceOptions();

    @Mixin
    private LayoutOptions layout = new LayoutOptions();

    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Mixin
    private MethodOptions method = new MethodOptions();

    @Mixin
    private MeasuredOptions measured = new MeasuredOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private SearchOptions search = new SearchOptions();

    DeviceOptions devices() {
        return devices;
    }

    LayoutOptions layout() {
        return layout;
    }

    BatchOptions batch() {
        return batch;
    }

    MethodOptions method() {
        return method;
    }

    MeasuredOptions measured() {
        return measured;
    }

    RunOptions run() {
        return run;
    }

    SearchOptions search() {
        return search;
    }
}
