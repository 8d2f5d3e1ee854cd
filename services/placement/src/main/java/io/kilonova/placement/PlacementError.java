package io.kilonova.placement;

import io.kilonova.errors.ErrorCode;
import io.kilonova.errors.Meaning;
import io.kilonova.errors.Owner;

/** What can go wrong with resource providers and allocations. Names follow the codes of the Placement API (1.23). */
public enum PlacementError implements ErrorCode {
    RESOURCE_PROVIDER_NOT_FOUND(Owner.CALLER, 404, "No resource provider with uuid %s found"),
    RESOURCE_PROVIDER_IN_USE(
            Owner.CALLER, 409, "Unable to delete resource provider %s: Resource provider has allocations."),
    CANNOT_DELETE_PARENT(
            Owner.CALLER, 409, "Unable to delete parent resource provider %s: It has child resource providers."),
    PARENT_INVALID(Owner.CALLER, 400, "Unable to save resource provider %s: %s"),
    DUPLICATE_NAME(Owner.CALLER, 409, "Conflicting resource provider %s already exists."),
    CONCURRENT_UPDATE(Owner.CALLER, 409, "%s changed meanwhile; read it again and retry: expected generation %s."),
    INVENTORY_NOT_FOUND(Owner.CALLER, 404, "No inventory of class %s for %s"),
    INVENTORY_EXISTS(Owner.CALLER, 409, "Inventory of class %s for %s exists already."),
    INVENTORY_INVALID(Owner.CALLER, 400, "Invalid inventory for '%s' on resource provider '%s'. %s"),
    INVENTORY_IN_USE(Owner.CALLER, 409, "Inventory for '%s' on resource provider '%s' in use."),
    CAPACITY_EXCEEDED(
            Owner.CAPACITY,
            409,
            "Unable to allocate inventory: Unable to create allocation for '%s' on resource provider '%s'. The requested amount would exceed the capacity."),
    ALLOCATION_VIOLATES_UNITS(
            Owner.CALLER,
            409,
            "Unable to allocate inventory: Unable to create allocation for '%s' on resource provider '%s'. The requested amount would violate inventory constraints."),
    ALLOCATION_WITHOUT_INVENTORY(
            Owner.CALLER, 409, "Unable to allocate inventory: Inventory for '%s' on resource provider '%s' invalid."),
    ALLOCATION_FOR_UNKNOWN_PROVIDER(Owner.CALLER, 400, "Allocation for resource provider '%s' that does not exist."),
    ALLOCATION_INVALID(Owner.CALLER, 400, "The allocation cannot be used: %s"),
    ALLOCATIONS_NOT_FOUND(Owner.CALLER, 404, "No allocations for consumer '%s'"),
    CONSUMER_UNKNOWN(Owner.US, 500, "Consumer %s does not exist, so that nothing can be allocated to it."),
    CONSUMER_CHANGED(Owner.CALLER, 409, "consumer generation conflict - expected %s but got %s"),
    RESOURCE_CLASS_NOT_FOUND(Owner.CALLER, 404, "No such resource class %s."),
    RESOURCE_CLASS_UNKNOWN(Owner.CALLER, 400, "Unknown resource class: No such resource class %s."),
    RESOURCE_CLASS_EXISTS(Owner.CALLER, 409, "Conflicting resource class already exists: %s"),
    RESOURCE_CLASS_STANDARD(Owner.CALLER, 400, "Cannot delete or change standard resource class %s."),
    RESOURCE_CLASS_IN_USE(
            Owner.CALLER,
            409,
            "Error in delete resource class: Cannot delete resource class %s. Class is in use in inventory."),
    NAME_NOT_CUSTOM(
            Owner.CALLER,
            400,
            "The name %s is invalid: it must begin with CUSTOM_ and have only capital letters, digits and underscores."),
    TRAIT_NOT_FOUND(Owner.CALLER, 404, "No such trait: %s."),
    TRAIT_UNKNOWN(Owner.CALLER, 400, "No such trait: %s."),
    TRAIT_STANDARD(Owner.CALLER, 400, "Cannot delete standard trait %s."),
    TRAIT_IN_USE(Owner.CALLER, 409, "The trait %s is in use by a resource provider."),
    QUERYPARAM_BAD_VALUE(Owner.CALLER, 400, "Invalid query string parameters: %s"),
    BODY_INVALID(Owner.CALLER, 400, "JSON does not validate: %s");

    private final Meaning meaning;

    PlacementError(Owner owner, int status, String sentence) {
        this.meaning = new Meaning(owner, status, sentence);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
