/**
 * The rooms of the page, in the order in which they stand beside each other. The only file that
 * names them: to take one out, delete its folder and its line here.
 */
import { room as account } from "./panels/account/room.tsx";
import { room as archive } from "./panels/archive/room.tsx";
import { room as assistants } from "./panels/assistants/room.tsx";
import { room as cost } from "./panels/cost/room.tsx";
import { room as details } from "./panels/details/room.tsx";
import { room as evaluation } from "./panels/evaluation/room.tsx";
import { room as guard } from "./panels/guard/room.tsx";
import { room as help } from "./panels/help/room.tsx";
import { room as images } from "./panels/images/room.tsx";
import { room as instructions } from "./panels/instructions/room.tsx";
import { room as jobs } from "./panels/jobs/room.tsx";
import { room as knowledge } from "./panels/knowledge/room.tsx";
import { room as label } from "./panels/label/room.tsx";
import { room as limits } from "./panels/limits/room.tsx";
import { room as markdown } from "./panels/markdown/room.tsx";
import { room as membership } from "./panels/membership/room.tsx";
import { room as memory } from "./panels/memory/room.tsx";
import { room as metrics } from "./panels/metrics/room.tsx";
import { room as models } from "./panels/models/room.tsx";
import { room as offline } from "./panels/offline/room.tsx";
import { room as palette } from "./panels/palette/room.tsx";
import { room as parts } from "./panels/parts/room.tsx";
import { room as personalData } from "./panels/personal-data/room.tsx";
import { room as preferences } from "./panels/preferences/room.tsx";
import { room as privacy } from "./panels/privacy/room.tsx";
import { room as provenance } from "./panels/provenance/room.tsx";
import { room as recall } from "./panels/recall/room.tsx";
import { room as settings } from "./panels/settings/room.tsx";
import { room as sharing } from "./panels/sharing/room.tsx";
import { room as status } from "./panels/status/room.tsx";
import { room as temporary } from "./panels/temporary/room.tsx";
import { room as tools } from "./panels/tools/room.tsx";
import { room as training } from "./panels/training/room.tsx";
import { room as transfer } from "./panels/transfer/room.tsx";
import { room as voice } from "./panels/voice/room.tsx";
import { room as welcome } from "./panels/welcome/room.tsx";
import type { Room } from "./room.ts";

export const ROOMS: readonly Room[] = [
  markdown,
  parts,
  status,
  welcome,
  palette,
  models,
  jobs,
  metrics,
  cost,
  account,
  sharing,
  transfer,
  temporary,
  archive,
  personalData,
  privacy,
  settings,
  instructions,
  memory,
  assistants,
  images,
  knowledge,
  recall,
  voice,
  tools,
  evaluation,
  training,
  label,
  details,
  provenance,
  membership,
  guard,
  preferences,
  help,
  limits,
  offline,
];
