/** A statement Postgres parses and plans once per connection. */
export interface Statement {
  name: string;
  text: string;
  /**
   * How it is merged with equal ones of other stations in a shared transaction (`StationTransactions`): by the types of its parameters, or because the
   * first one is rows as JSON. Absent: it is run by itself.
   */
  merge?: readonly string[] | 'json-rows';
}
