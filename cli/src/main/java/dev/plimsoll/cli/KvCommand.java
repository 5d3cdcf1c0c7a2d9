package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Quantities;
import dev.plimsoll.planner.cost.CacheFormat;
import dev.plimsoll.planner.cost.KeyValueCacheSize;
import dev.plimsoll.planner.cost.LatentCache;
import dev.plimsoll.planner.cost.OpenAxes;
import dev.plimsoll.report.answer.Answer;
import dev.plimsoll.report.answer.CacheAnswer;
import dev.plimsoll.report.answer.View;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `plimsoll kv REF`
@Command(
        name = "kv",
        description = "The KV cache and recurrent states, layer by layer where layers differ.",
        mixinStandardHelpOptions = true)
final class KvCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "REF", description = "The model; see plimsoll model --help.")
    private String reference = "";

    @Mixin
    private ModelOptions models = new ModelOptions();

    @Mixin
    private MegatronOptions shape = new MegatronOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = {"--tokens", "--max-model-len", "--seq-length"},
            paramLabel = "N",
            description = "Tokens of each sequence (default: what the model was made for).")
    private String tokens = "";

    @Option(
            names = {"--batch", "--max-num-seqs"},
            paramLabel = "B",
            description = "How many sequences (default: 1).")
    private String batch = "1";

    @Option(names = "--block-size", paramLabel = "N", description = "Tokens of a page (default: 1).")
    private String pageTokens = "1";

    @Option(
            names = "--budget",
            paramLabel = "SIZE",
            description = "Bytes for cache and states, for example 24GiB: answers how many tokens and sequences fit.")
    private String budget = "";

    @Option(
            names = "--source-tokens",
            paramLabel = "N",
            description = "Tokens that an encoder reads (default: what the model fixes, or as many as the decoder).")
    private String sourceTokens = "";

    @Option(
            names = "--expanded",
            description = "Latent attention as plain reference implementations hold it, every head expanded.")
    private boolean expanded;

    KvCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        LoadedModel model = shape.orReference(reference, models.references());
        Answer answer = answer(model, output.view());
        return output.print(console, answer.data(), answer.page(), output.notes(model));
    }

    Answer answer(LoadedModel model, View view) {
        Transformer transformer = StoredFiles.requireKnown(model);
        CacheFormat format = CacheFormat.of(models.cacheType(model))
                .withStateType(models.stateType())
                .withPages(Quantities.count("--block-size", pageTokens))
                .withLatentCache(expanded ? LatentCache.EXPANDED : LatentCache.COMPRESSED);
        KeyValueCacheSize cache = KeyValueCacheSize.of(transformer, format, axes(transformer));
        long sequences = Quantities.count("--batch", batch);
        Optional<Bytes> limit = budget.isEmpty() ? Optional.empty() : Optional.of(Quantities.bytes("--budget", budget));
        long each = Lengths.tokens(tokens, transformer);
        return new CacheAnswer(
                        ModelOptions.subject(model),
                        cache,
                        each,
                        sequences,
                        limit.map(bytes -> new CacheAnswer.Budget(
                                bytes, cache.tokensWithin(bytes, sequences), cache.sequencesWithin(bytes, each))),
                        transformer.maxPositions())
                .answer(view);
    }

    private OpenAxes axes(Transformer transformer) {
        return sourceTokens.isEmpty()
                ? OpenAxes.of(transformer)
                : OpenAxes.TEXT_ONLY.withSourceTokens(Quantities.count("--source-tokens", sourceTokens));
    }
}
