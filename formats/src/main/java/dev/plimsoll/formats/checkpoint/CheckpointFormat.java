package dev.plimsoll.formats.checkpoint;

/// The formats of checkpoints.
public enum CheckpointFormat {
    SAFETENSORS("safetensors"),
    GGUF("GGUF"),
    ONNX("ONNX"),
    /// A pickle, which can run code when it is read; so only its size is known.
    PYTORCH("PyTorch pickle");

    private final String title;

    CheckpointFormat(String title) {
        this.title = title;
    }

    /// For people.
    public String title() {
        return title;
    }
}
