package dev.plimsoll.engine.device;

import dev.plimsoll.model.failure.InputException;
import java.util.ArrayList;
import java.util.List;

/// Devices that are threads of this process. Each runs the same program on its own part.
///
/// When one fails, all stop at the next thing that they send or receive, and the first cause is thrown. They cannot be
/// run again then.
public final class VirtualDevices {
    private final Network network;
    private final List<Links> links = new ArrayList<>();

    /// One device's part of a task.
    @FunctionalInterface
    public interface Program<R> {
        R run(Links links);
    }

    public VirtualDevices(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("at least one device is needed: " + count);
        }
        network = new Network(count);
        for (int device = 0; device < count; device++) {
            links.add(new Links(network, new Traffic(), device));
        }
    }

    public int count() {
        return links.size();
    }

    /// A device's connections, to be used by its program only.
    public Links links(int device) {
        return links.get(device);
    }

    /// Runs the program on all devices to its end, and gives what each of them gives, in the order of the devices.
    ///
    /// @throws InputException what a device refused, with the device's number before it
    /// @throws IllegalStateException with the device's number, and its cause, where something else went wrong
    public <R> List<R> run(Program<R> program) {
        network.start();
        List<Running<R>> running =
                links.stream().map(own -> new Running<>(network, own, program)).toList();
        List<Thread> threads = running.stream()
                .map(device -> Thread.ofVirtual()
                        .name("device " + device.links.device())
                        .start(device))
                .toList();
        threads.forEach(thread -> join(thread, network));
        network.failure().ifPresent(VirtualDevices::rethrow);
        return running.stream().flatMap(device -> device.results.stream()).toList();
    }

    private static final class Running<R> implements Runnable {
        private final Network network;
        private final Links links;
        private final Program<R> program;
        /// One, when it has ended well.
        private final List<R> results = new ArrayList<>();

        Running(Network network, Links links, Program<R> program) {
            this.network = network;
            this.links = links;
            this.program = program;
        }

        @Override
        public void run() {
            try {
                results.add(program.run(links));
                network.ended(links.device());
            } catch (RuntimeException | Error thrown) {
                network.fail(links.device(), thrown);
            }
        }
    }

    /// An interrupted caller stops the devices, waits for them and stays interrupted.
    private static void join(Thread thread, Network network) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException interruption) {
                interrupted = true;
                network.fail(0, new IllegalStateException("interrupted", interruption));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(Network.Failure failure) {
        String device = "device " + failure.device() + ": ";
        if (failure.cause() instanceof InputException refusal) {
            throw new InputException(refusal.kind(), device + refusal.getMessage(), refusal.remedy());
        }
        throw new IllegalStateException(device + failure.cause().getMessage(), failure.cause());
    }
}
