/** A step of a service's schema, written by hand; applied once, in the order given. `id` sorts: `0001-stations`. Expand, never contract in the same release. */
export interface Migration {
  id: string;
  sql: string;
}
