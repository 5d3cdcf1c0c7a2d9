package dev.plimsoll.planner.search;

import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.planner.Models;
import dev.plimsoll.planner.framework.FrameworkProfile;
import dev.plimsoll.planner.framework.Frameworks;
import dev.plimsoll.planner.hardware.Cluster;
import dev.plimsoll.planner.hardware.catalogue.Devices;
import dev.plimsoll.planner.training.TrainingBatch;
import dev.plimsoll.planner.training.TrainingJob;
import dev.plimsoll.planner.training.TrainingMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Small questions to a search, the same for the same seed: some layouts fit, some do not, some cannot be run.
record RandomQuestion(SearchQuestion question, SearchSpace space) {
    static RandomQuestion of(long seed) {
        Random random = new Random(seed);
        List<FrameworkProfile> frameworks = Frameworks.all();
        FrameworkProfile framework = frameworks.get(random.nextInt(frameworks.size()));
        long sequence = 256L * (1 + random.nextInt(16));
        TrainingJob job = new TrainingJob(
                model(random),
                Parallelism.NONE,
                new TrainingBatch(among(random, 1, 2, 4, 6, 8, 12, 16), 1, sequence),
                TrainingMethod.of(framework));
        SearchSpace space = WholeSpace.of(job, devices(random), FixedChoices.NONE);
        Objective objective = List.of(Objective.values()).get(random.nextInt(3));
        double longest = random.nextInt(4) == 0 ? 0.5 * (1 + random.nextInt(8)) : Double.POSITIVE_INFINITY;
        return new RandomQuestion(new SearchQuestion(job, objective, 1 + random.nextInt(6), longest), space);
    }

    private static Transformer model(Random random) {
        long layers = among(random, 2, 3, 4, 6, 8);
        return switch (random.nextInt(6)) {
            case 0 -> Models.gpt(layers, 1024L << random.nextInt(4), 16, 50_000, 4096);
            case 1 -> Models.mixtral8x7B();
            default -> {
                long heads = among(random, 8, 12, 32);
                yield Models.llama(
                        layers,
                        heads * 128,
                        heads,
                        among(random, 2, 4),
                        128,
                        heads * 256L,
                        among(random, 500, 128_256));
            }
        };
    }

    private static List<SearchDevices> devices(Random random) {
        Devices known = Devices.builtIn();
        List<SearchDevices> devices = new ArrayList<>();
        for (String name : List.of("h100", "rtx-3090").subList(0, 1 + random.nextInt(2))) {
            Cluster cluster = Cluster.of(known.require("--gpu", name), among(random, 1, 2, 4, 6, 8));
            devices.add(new SearchDevices(cluster, random.nextInt(1, 9)));
        }
        return devices;
    }

    private static int among(Random random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
