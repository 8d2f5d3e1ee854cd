/** Tests of the store, and what other rooms' tests need to run on both databases. */
package io.kilonova.storage;
