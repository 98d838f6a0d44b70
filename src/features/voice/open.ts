/** What the feature does once it is opened: speech over HTTP, and the way to what that takes. */
import { type House, openable } from "../../core/feature.ts";
import { Coded } from "./coded.ts";
import { type VoicePolicy, voicePolicy } from "./policy.ts";
import { VoiceQueue } from "./process/queue.ts";
import { speechRoutes } from "./routes.ts";
import { setupOf } from "./setup.ts";
import { Shelf } from "./shelf/store.ts";
import type { MakeTools } from "./shelf/tools.ts";
import { Speech } from "./speech.ts";

const REST_MS = 60_000;

export const voice = (tools: MakeTools) =>
  openable({
    name: "voice",
    policy: { section: "voice", schema: voicePolicy },
    open({ policy, settings, jobs, log }: House<VoicePolicy>) {
      if (!policy.enabled) return { facts: { enabled: false } };
      const shelf = new Shelf(settings.home, tools, log);
      const queue = new VoiceQueue(() => shelf.addon("engine"));
      const speech = new Speech(shelf, queue, policy);
      const { seconds, characters } = policy;
      const coded = new Coded(shelf, queue, seconds);
      /** What the page is told before it asks. */
      const facts = { enabled: true, seconds, characters, hears: "", speaks: "" };
      const look = async () => {
        const { hears, speaks } = await speech.languages();
        Object.assign(facts, { hears: hears.join(), speaks: speaks.join() });
      };
      const setup = setupOf({
        ...{ shelf, speech, jobs },
        async changed() {
          // What is removed stays open in the process until that ends.
          await queue.rest(Number.POSITIVE_INFINITY);
          await look();
        },
      });
      return {
        facts,
        devices: ["microphone"],
        routes: [...setup.routes, ...speechRoutes(speech, coded)],
        jobs: setup.jobs,
        start: look,
        every: [
          {
            ms: REST_MS,
            failed: "what hears and speaks stays open",
            async run() {
              await queue.rest();
              // The command line may have fetched something meanwhile.
              await look();
            },
          },
        ],
        stop: () => queue.stop(),
      };
    },
  });
