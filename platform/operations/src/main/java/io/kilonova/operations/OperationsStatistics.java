package io.kilonova.operations;

/**
 * What this controller has done with operations since it started.
 *
 * @param accepted operations accepted here
 * @param takenOver operations taken over from controllers that died
 * @param stepsDone steps and compensations committed
 * @param succeeded operations that this controller ended in success
 * @param failed operations that it ended in failure
 * @param cancelled operations that it ended as cancelled
 * @param fencedOff commits refused because another controller owned the operation by then
 * @param conflicts steps that ran again because of a {@link StepConflict}
 * @param running operations that have a thread now
 * @param ready operations that wait for a thread now
 * @param waiting operations that wait for a time now
 * @param unknown operations of a kind that this program does not know
 */
public record OperationsStatistics(
        long accepted,
        long takenOver,
        long stepsDone,
        long succeeded,
        long failed,
        long cancelled,
        long fencedOff,
        long conflicts,
        int running,
        int ready,
        int waiting,
        int unknown) {}
