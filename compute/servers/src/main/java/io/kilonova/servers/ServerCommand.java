package io.kilonova.servers;

/** What can be asked of a server, with the names that the API and the history of actions use. */
public enum ServerCommand {
    CREATE("create", "create", "compute__do_build_and_run_instance"),
    DELETE("delete", "delete", "compute_terminate_instance"),
    FORCE_DELETE("force_delete", "delete", "compute_terminate_instance"),
    START("start", "start", "compute_start_instance"),
    STOP("stop", "stop", "compute_stop_instance"),
    REBOOT_SOFT("reboot", "reboot", "compute_reboot_instance"),
    REBOOT_HARD("reboot", "reboot", "compute_reboot_instance"),
    PAUSE("pause", "pause", "compute_pause_instance"),
    UNPAUSE("unpause", "unpause", "compute_unpause_instance"),
    SUSPEND("suspend", "suspend", "compute_suspend_instance"),
    RESUME("resume", "resume", "compute_resume_instance"),
    REBUILD("rebuild", "rebuild", "compute_rebuild_instance"),
    RESIZE("resize", "resize", "compute_finish_resize"),
    MIGRATE("migrate", "migrate", "compute_finish_resize"),
    CONFIRM_RESIZE("confirmResize", "confirmResize", "compute_confirm_resize"),
    REVERT_RESIZE("revertResize", "revertResize", "compute_finish_revert_resize"),
    LIVE_MIGRATE("os-migrateLive", "live-migration", "compute_live_migration"),
    ABORT_LIVE_MIGRATION("abort live migration", "live_migration_cancel", "compute_live_migration_abort"),
    FORCE_COMPLETE_LIVE_MIGRATION(
            "force_complete", "live_migration_force_complete", "compute_live_migration_force_complete"),
    EVACUATE("evacuate", "evacuate", "compute_rebuild_instance"),
    LOCK("lock", "lock", "api_lock"),
    UNLOCK("unlock", "unlock", "api_unlock"),
    ATTACH_INTERFACE("attach_interface", "attach_interface", "compute_attach_interface"),
    DETACH_INTERFACE("detach_interface", "detach_interface", "compute_detach_interface"),
    UPDATE_METADATA("update_instance_metadata", "", ""),
    DELETE_METADATA("delete_instance_metadata", "", "");

    private final String verb;
    private final String action;
    private final String event;

    ServerCommand(String verb, String action, String event) {
        this.verb = verb;
        this.action = action;
        this.event = event;
    }

    /** The word in a 409: {@code Cannot 'VERB' instance ...}. */
    public String verb() {
        return verb;
    }

    /** The name in {@code os-instance-actions}; empty for what leaves no trace there. */
    public String action() {
        return action;
    }

    /** The name of the action's event. */
    public String event() {
        return event;
    }
}
