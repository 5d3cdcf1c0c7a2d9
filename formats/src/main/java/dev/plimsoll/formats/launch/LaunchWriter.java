package dev.plimsoll.formats.launch;

/// Writes a run as a launch file that can be pasted; [LaunchReader] reads the same run back.
public final class LaunchWriter {
    private LaunchWriter() {}

    /// The run in a framework's own words.
    public static LaunchText write(LaunchPlan plan, LaunchFramework framework) {
        return switch (framework) {
            case MEGATRON -> new MegatronWriter(plan).write();
            case DEEPSPEED -> new DeepSpeedWriter(plan).write();
            case TORCHTITAN -> new TorchtitanWriter(plan).write();
        };
    }
}
