package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.model.MegatronShape;

/// The model that a launch file trains.
public sealed interface LaunchModel {
    /// The file does not say it; the launching program does.
    record Unsaid() implements LaunchModel {}

    /// By a name of the built-in catalogue.
    record Published(String name) implements LaunchModel {}

    /// By a name that only the framework knows, for example `qwen3 32B`.
    record Foreign(String name) implements LaunchModel {}

    /// By its sizes.
    record Shape(MegatronShape sizes) implements LaunchModel {}
}
