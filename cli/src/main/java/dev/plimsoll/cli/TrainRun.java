package dev.plimsoll.cli;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.DeviceRequest;
import dev.plimsoll.planner.training.Layout;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import dev.plimsoll.planner.training.Violation;
import dev.plimsoll.report.answer.TrainAnswer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import picocli.CommandLine.ParseResult;

/// From options to the answers about one training run, one for each kind of device.
final class TrainRun {
    private final TrainOptions options;
    private final LoadedModel model;
    private final Transformer transformer;
    private final TrainPlans plans;

    /// @param typed what the options were read from
    TrainRun(TrainOptions options, LoadedModel model, ParseResult typed) {
        this.options = options;
        this.model = model;
        this.transformer = StoredFiles.requireKnown(model);
        this.plans = new TrainPlans(options, typed);
    }

    /// One answer for each kind of device that is asked for; one where none is.
    List<TrainAnswer> answers() {
        List<DeviceRequest> requests = options.devices().requests();
        return requests.isEmpty()
                ? List.of(answer(Optional.empty()))
                : requests.stream().map(request -> answer(Optional.of(request))).toList();
    }

    /// The best layouts on all kinds of device together.
    TrainAnswer searched(Console console, Interruption interruption) {
        return possible(() -> new TrainSearcher(options, model, plans).answer(console, interruption));
    }

    /// The largest or smallest value that fits.
    TrainAnswer solved(Interruption interruption) {
        List<DeviceRequest> requests = options.devices().requests();
        if (requests.size() != 1) {
            throw InputException.usage(
                    "--gpu: found " + requests.size() + " kinds of device beside --solve, expected one",
                    "Write for example --gpu h100:64.");
        }
        return possible(() -> new TrainSolver(options, model, plans)
                .answer(plans.open(transformer), requests.getFirst(), interruption));
    }

    private TrainAnswer answer(Optional<DeviceRequest> request) {
        return possible(() -> {
            OptionalLong devices = request.map(DeviceRequest::count).orElse(OptionalLong.empty());
            TrainingJob job = job(devices);
            Optional<Cluster> cluster = request.map(
                    kind -> Cluster.of(kind.accelerator(), job.parallelism().devices()));
            return TrainAnswer.of(ModelOptions.subject(model), Optional.of(plans.of(job, cluster)));
        });
    }

    /// What is asked for, refused with everything that keeps it from being run.
    private TrainingJob job(OptionalLong devices) {
        TrainingMethod method = options.method().method();
        Parallelism split = options.layout().parallelism(method.framework(), devices, TrainPlans.layers(transformer));
        TrainingBatch batch = options.batch().batch(transformer, split.data().degree());
        TrainingJob job = new TrainingJob(transformer, split, batch, method);
        List<Violation> violations = Layout.check(job, devices.orElse(split.devices()));
        if (!violations.isEmpty()) {
            throw Violation.refusal(violations);
        }
        return job;
    }

    private static TrainAnswer possible(Supplier<TrainAnswer> answer) {
        try {
            return answer.get();
        } catch (ArithmeticException tooLarge) {
            throw InputException.usage(
                    "the run: found sizes whose products pass 2^63, expected a run that can be",
                    "Lower the batch, the sequence length or the model.");
        }
    }
}
