package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.planner.cost.CacheFormat;
import dev.plimsoll.planner.cost.CountingConvention;
import dev.plimsoll.planner.cost.FlopCount;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.OpenAxes;
import dev.plimsoll.planner.cost.ParameterCount;
import dev.plimsoll.planner.cost.Workload;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.ModelAnswer;
import dev.plimsoll.report.answer.Stored;
import dev.plimsoll.report.answer.View;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.page.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `plimsoll model REF...`
@Command(
        name = "model",
        description = "Parameters by block, bytes, KV cache and FLOPs a token.",
        mixinStandardHelpOptions = true)
final class ModelCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            arity = "0..*",
            paramLabel = "REF",
            description = "A built-in name, a config.json, a folder, a .safetensors or its index, a .gguf, an .onnx, "
                    + "- for a config on standard input, or hf:owner/name, with :Q4_K_M or a file behind it to choose.")
    private List<String> references = new ArrayList<>();

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private MegatronOptions shape = new MegatronOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = "--seq-length",
            paramLabel = "S",
            description =
                    "Length of the sequences that FLOPs are counted for (default: 4096, or what the model allows).")
    private String sequenceLength = "";

    @Option(
            names = "--convention",
            paramLabel = "NAME",
            description = "How FLOPs are counted (default: strict): strict, palm, megatron2021, korthikanti2022, "
                    + "megatron-deepspeed, megatron, torchtitan.")
    private String convention = "strict";

    ModelCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Data> data = new ArrayList<>();
        Page page = Page.of();
        List<String> notes = new ArrayList<>();
        for (String reference : references.isEmpty() ? List.of("") : references) {
            LoadedModel model = shape.orReference(reference, models.references());
            Answer answer = answer(model, output.view());
            data.add(answer.data());
            page = page.then(answer.page());
            notes.addAll(output.notes(model));
        }
        return output.print(console, data.size() == 1 ? data.getFirst() : new Data.Items(data), page, notes);
    }

    /// The answer of one model, also used where models are compared.
    Answer answer(LoadedModel model, View view) {
        Optional<Stored> stored = StoredFiles.of(model);
        return model.transformer()
                .map(known -> known(model, known, stored).answer(view))
                .orElseGet(() -> StoredFiles.unknown(model, stored).answer(view));
    }

    private ModelAnswer known(LoadedModel model, Transformer transformer, Optional<Stored> stored) {
        CountingConvention counting = CountingConvention.named(convention);
        OptionalLong length = Lengths.sequence(sequenceLength, transformer, OpenAxes.of(transformer));
        CacheFormat format = CacheFormat.of(models.cacheType(model)).withStateType(models.stateType());
        return new ModelAnswer(
                ModelOptions.subject(model),
                ParameterCount.of(transformer),
                stored,
                Weights.of(model, transformer, models.weightType()),
                KeyValueCacheSize.of(transformer, format),
                length.isEmpty() ? Optional.empty() : Optional.of(work(transformer, length.getAsLong(), counting)));
    }

    private static ModelAnswer.Work work(Transformer transformer, long length, CountingConvention counting) {
        return new ModelAnswer.Work(
                FlopCount.of(transformer, new Workload.Training(1, length), counting),
                FlopCount.of(transformer, new Workload.Prefill(1, length, 0), counting));
    }
}
