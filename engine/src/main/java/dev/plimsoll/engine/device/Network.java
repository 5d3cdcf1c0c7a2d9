package dev.plimsoll.engine.device;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Carries messages between the devices of one run.
///
/// Sending does not wait; receiving does, until the message is there, or a device has failed. Messages from one device
/// to another under one name arrive in the order in which they were sent. When every device that still runs waits for a
/// message, none will ever come: that is a failure too.
final class Network {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Mailbox> mailboxes = new ArrayList<>();
    private Optional<Failure> failure = Optional.empty();

    /// @param from the device that sends
    /// @param name what both sides call it
    private record Address(int from, String name) {}

    /// The first thing that went wrong.
    record Failure(int device, Throwable cause) {}

    private static final class Mailbox {
        private final Condition changed;
        private final Map<Address, Queue<Payload>> messages = new HashMap<>();
        private Optional<Address> waitsFor = Optional.empty();
        private boolean running;

        Mailbox(Condition changed) {
            this.changed = changed;
        }
    }

    Network(int devices) {
        for (int device = 0; device < devices; device++) {
            mailboxes.add(new Mailbox(lock.newCondition()));
        }
    }

    /// Says that every device begins to run.
    void start() {
        lock.lock();
        try {
            mailboxes.forEach(mailbox -> mailbox.running = true);
        } finally {
            lock.unlock();
        }
    }

    void send(int from, int to, String name, Payload payload) {
        lock.lock();
        try {
            stopIfFailed();
            Address address = new Address(from, name);
            Mailbox mailbox = mailboxes.get(to);
            mailbox.messages.computeIfAbsent(address, key -> new ArrayDeque<>()).add(payload);
            if (mailbox.waitsFor.filter(address::equals).isPresent()) {
                mailbox.waitsFor = Optional.empty();
                mailbox.changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the next message of that name.
    Payload receive(int device, int from, String name) {
        lock.lock();
        try {
            Address address = new Address(from, name);
            Mailbox mailbox = mailboxes.get(device);
            while (true) {
                stopIfFailed();
                Queue<Payload> queue = mailbox.messages.get(address);
                if (queue != null) {
                    Payload payload = queue.remove();
                    if (queue.isEmpty()) {
                        mailbox.messages.remove(address);
                    }
                    return payload;
                }
                mailbox.waitsFor = Optional.of(address);
                failIfAllWait(device);
                stopIfFailed();
                mailbox.changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Says that a device has done its part.
    void ended(int device) {
        lock.lock();
        try {
            Mailbox mailbox = mailboxes.get(device);
            mailbox.running = false;
            if (failure.isEmpty() && !mailbox.messages.isEmpty()) {
                Address first = mailbox.messages.keySet().iterator().next();
                stop(
                        device,
                        new IllegalStateException("a message of device %d, %s, was never received"
                                .formatted(first.from(), first.name())));
            }
            failIfAllWait(device);
        } finally {
            lock.unlock();
        }
    }

    /// Stops all devices, unless they have been stopped already.
    void fail(int device, Throwable cause) {
        lock.lock();
        try {
            stop(device, cause);
            mailboxes.get(device).running = false;
        } finally {
            lock.unlock();
        }
    }

    Optional<Failure> failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    private void stop(int device, Throwable cause) {
        if (failure.isEmpty()) {
            failure = Optional.of(new Failure(device, cause));
            mailboxes.forEach(mailbox -> mailbox.changed.signal());
        }
    }

    private void stopIfFailed() {
        if (failure.isPresent()) {
            throw new Stopped();
        }
    }

    private void failIfAllWait(int device) {
        List<String> waiting = new ArrayList<>();
        for (int i = 0; i < mailboxes.size(); i++) {
            Mailbox mailbox = mailboxes.get(i);
            if (mailbox.running) {
                if (mailbox.waitsFor.isEmpty()) {
                    return;
                }
                Address address = mailbox.waitsFor.get();
                waiting.add("device %d for %s of device %d".formatted(i, address.name(), address.from()));
            }
        }
        if (!waiting.isEmpty()) {
            stop(device, new IllegalStateException("every device waits: " + String.join("; ", waiting)));
        }
    }
}
