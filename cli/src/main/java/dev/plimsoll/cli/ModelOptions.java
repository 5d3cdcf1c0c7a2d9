package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.report.answer.Subject;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How models are read, and in which data types they are taken.
final class ModelOptions {
    @Mixin
    private ReferenceOptions references = new ReferenceOptions();

    @Option(
            names = {"--dtype", "--weight-dtype"},
            paramLabel = "TYPE",
            description = "Data type of the weights: bf16, fp8, int4, awq, gptq, nf4, mxfp4, q4_k_m .. "
                    + "(default: the file's own, else bf16)")
    private String weightType = "";

    @Option(
            names = "--kv-cache-dtype",
            paramLabel = "TYPE",
            description = "Data type of the KV cache: bf16, fp8, q8_0, q4_0 .. (default: the model's own, else bf16)")
    private String cacheType = "";

    @Option(names = "--state-dtype", paramLabel = "TYPE", description = "Data type of recurrent states (default: f32)")
    private String stateType = "";

    LoadedModel read(String reference) {
        return references.read(reference);
    }

    /// How models are read.
    ReferenceOptions references() {
        return references;
    }

    /// The weights' format as asked for; empty where the model's own is meant.
    String weightType() {
        return weightType;
    }

    /// The cache's type as asked for; empty where the model's own is meant.
    String cacheTypeName() {
        return cacheType;
    }

    DataType cacheType(LoadedModel model) {
        return cacheType.isEmpty() ? DataTypes.activationType(model) : DataTypes.cacheType(cacheType);
    }

    DataType stateType() {
        return stateType.isEmpty() ? DataType.F32 : DataTypes.cacheType(stateType);
    }

    static Subject subject(LoadedModel model) {
        return new Subject(
                model.name(),
                model.transformer().map(known -> known.architecture()).orElse(""),
                model.source(),
                model.provenance());
    }
}
