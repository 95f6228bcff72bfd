/** What is used of node-postgres, which has no types of its own. */
declare module 'pg' {
  interface ClientOptions {
    connectionString: string;
    connectionTimeoutMillis: number;
    query_timeout: number;
    application_name: string;
  }
  interface Client {
    on(event: 'error', listener: (error: Error) => void): this;
    connect(): Promise<void>;
    query(query: { text: string; rowMode: 'array' }): Promise<{ rows: unknown[][] }>;
    end(): Promise<void>;
  }
  const pg: { Client: new (options: ClientOptions) => Client };
  export default pg;
}
