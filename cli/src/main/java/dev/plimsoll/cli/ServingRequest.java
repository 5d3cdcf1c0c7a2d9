package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.serving.CacheRequest;
import dev.plimsoll.planner.serving.CacheTypes;
import dev.plimsoll.planner.serving.Engine;
import dev.plimsoll.planner.serving.Fit;
import dev.plimsoll.planner.serving.ServedModel;
import dev.plimsoll.planner.serving.ServingJob;
import dev.plimsoll.planner.serving.Solved;
import java.util.Optional;

/// What is asked about one kind of device.
record ServingRequest(ModelOptions models, ServingOptions serving, ServingLayoutOptions layout, DeviceRequest device) {
    private static final long USUAL_LENGTH = 4_096;

    Fit fit(LoadedModel model, Optional<Solved.Question> question) {
        ServingJob job = job(model, models.weightType());
        return question.map(asked -> Fit.of(job, asked)).orElseGet(() -> Fit.of(job));
    }

    /// @param weightType a format's name, or empty for the model's own
    ServingJob job(LoadedModel model, String weightType) {
        Engine engine = serving.engine();
        ServedModel served = served(model, weightType);
        Transformer transformer = served.transformer();
        return new ServingJob(
                served,
                serving.draft().isEmpty() ? Optional.empty() : Optional.of(served(models.read(serving.draft()), "")),
                serving.adapters(),
                cache(model, engine),
                engine,
                serving.share(),
                serving.reserve(),
                device.accelerator(),
                layout.layout(device.count(), split(engine)),
                serving.limits(transformer.maxPositions().orElse(USUAL_LENGTH)),
                serving.host());
    }

    private static ServingLayoutOptions.LayerSplit split(Engine engine) {
        return switch (engine.embedding()) {
            case HOST -> ServingLayoutOptions.LayerSplit.BY_DEFAULT;
            case DEVICE -> ServingLayoutOptions.LayerSplit.WHERE_ASKED;
        };
    }

    private static ServedModel served(LoadedModel model, String weightType) {
        Transformer transformer = StoredFiles.requireKnown(model);
        return Weights.served(model, transformer, weightType, DataTypes.activationType(model));
    }

    private CacheRequest cache(LoadedModel model, Engine engine) {
        String asked = models.cacheTypeName();
        if (asked.isEmpty() && engine.defaultCacheType().isPresent()) {
            String name = engine.defaultCacheType().get();
            DataType type = CacheTypes.find(name).orElseThrow();
            return new CacheRequest(name, type, models.stateType(), serving.pageTokens());
        }
        boolean isAuto = asked.isEmpty() || asked.equals("auto");
        DataType own = DataTypes.activationType(model);
        String name = isAuto ? own.name() : CacheTypes.canonical(asked);
        DataType type = isAuto ? own : CacheTypes.find(name).orElseGet(() -> DataTypes.cacheType(asked));
        return new CacheRequest(name, type, models.stateType(), serving.pageTokens());
    }
}
