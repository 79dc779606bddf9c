package xyz.autonomys.farmer.devnode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import xyz.autonomys.farmer.node.server.RpcException;
import xyz.autonomys.farmer.node.server.RpcMethod;

/** Answers that fail, are late, come in another order or never. Nothing is wrong at first. Thread-safe. */
final class AnswerFaults {
    /** Stands for every method. */
    static final String ANY = "*";

    private final Map<String, Deque<Fault>> faults = new HashMap<>();
    private volatile long shuffleMillis;

    private sealed interface Fault {
        /** An error instead of the result; the method is not executed. */
        record Error(int code) implements Fault {}

        /** No answer at all. */
        record Lost(boolean executed) implements Fault {}

        /** The answer comes later. */
        record Late(long millis) implements Fault {}
    }

    /** Answers the next calls of a method with an error. */
    void fail(String method, int code, int count) {
        add(method, new Fault.Error(code), count);
    }

    /** Never answers the next calls of a method, which are executed or not. */
    void lose(String method, boolean executed, int count) {
        add(method, new Fault.Lost(executed), count);
    }

    /** Answers the next calls of a method later; they are executed at once. */
    void delay(String method, long millis, int count) {
        add(method, new Fault.Late(millis), count);
    }

    /** Holds each answer back for a random time up to this one, so that they overtake each other; 0 ends that. */
    void shuffle(long millis) {
        shuffleMillis = millis;
    }

    private synchronized void add(String method, Fault fault, int count) {
        Deque<Fault> queue = faults.computeIfAbsent(method, _ -> new ArrayDeque<>());
        queue.clear();
        for (int i = 0; i < count; i++) {
            queue.add(fault);
        }
    }

    private synchronized Fault take(String method) {
        Fault fault = faults.getOrDefault(method, new ArrayDeque<>()).poll();
        return fault != null
                ? fault
                : faults.getOrDefault(ANY, new ArrayDeque<>()).poll();
    }

    /** The method with these faults. */
    RpcMethod wrap(String name, RpcMethod method) {
        return call -> {
            Fault fault = take(name);
            if (fault instanceof Fault.Error(int code)) {
                throw new RpcException(code, message(code));
            }
            if (fault instanceof Fault.Lost(boolean executed) && !executed) {
                never();
            }
            JsonNode answer = method.call(call);
            if (fault instanceof Fault.Lost) {
                never();
            }
            if (fault instanceof Fault.Late(long millis)) {
                Thread.sleep(millis);
            }
            long shuffle = shuffleMillis;
            if (shuffle > 0) {
                Thread.sleep(ThreadLocalRandom.current().nextLong(shuffle + 1));
            }
            return answer;
        };
    }

    /** Ends only with the server. */
    private static void never() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private static String message(int code) {
        return switch (code) {
            case 9001 -> "Solution was ignored";
            case RpcException.METHOD_NOT_FOUND -> "RPC call is unsafe to be called externally";
            case RpcException.INTERNAL_ERROR -> "Internal error";
            case -32602 -> "Invalid params";
            default -> "Server error";
        };
    }
}
