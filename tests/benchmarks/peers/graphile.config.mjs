// PostGraphile over Carnet's own tables: the peer of the benchmark.
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

export default {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: 10 },
    }),
  ],
  grafserv: { port: Number(process.env.PORT), host: "127.0.0.1", graphqlPath: "/graphql", watch: false },
  grafast: { explain: false },
};
