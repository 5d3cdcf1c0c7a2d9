package dev.plimsoll.formats.launch;

/// Whose launch files are read and written.
public enum LaunchFramework {
    MEGATRON("megatron"),
    DEEPSPEED("deepspeed"),
    TORCHTITAN("torchtitan");

    private final String text;

    LaunchFramework(String text) {
        this.text = text;
    }

    /// As a user writes it.
    @Override
    public String toString() {
        return text;
    }
}
