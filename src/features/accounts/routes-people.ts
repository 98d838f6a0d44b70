/** The routes for administrators: people and invitations. Nothing here leads to a chat. */
import { type Route, route } from "../../core/route.ts";
import * as api from "./api.ts";
import { here } from "./layer.ts";
import * as links from "./links.ts";
import { changePerson, listPeople, mayChange } from "./people.ts";
import type { Open } from "./rooms.ts";

const PEOPLE = "/api/auth/people";
const INVITATIONS = "/api/auth/invitations";
const access = "administrator";

export const peopleRoutes = (open: Open): readonly Route[] => [
  route({
    ...{ method: "get", path: PEOPLE, access },
    summary: "Lists all people.",
    reply: api.peopleReply,
    handle: async () => ({ items: await listPeople((await open()).desk.db) }),
  }),
  route({
    ...{ method: "patch", path: `${PEOPLE}/:id`, access, fresh: true },
    summary: "Changes a person's role, or switches an account off or on.",
    body: api.personBody,
    reply: api.person,
    handle: async ({ params, body }) => {
      const { desk } = await open();
      const id = params.id ?? "";
      const { role, active } = body;
      const details = { ...(role && { role }), ...(active !== undefined && { active }) };
      const act = { actor: here().person.id, act: "person.changed", subject: id, details };
      // Written down first, and nothing is that cannot be done.
      await mayChange(desk.db, id, body);
      await desk.record(act);
      const changed = await changePerson(desk.db, id, body);
      if (active === false) desk.leaving.end(id);
      if (active === true) desk.leaving.letIn(id);
      return changed;
    },
  }),
  route({
    ...{ method: "post", path: `${PEOPLE}/:id/reset`, access, fresh: true },
    summary: "Makes a link by which a person sets a new password.",
    body: api.resetLinkBody,
    reply: api.linkReply,
    handle: async ({ params, body }) => {
      const { desk } = await open();
      const [id, by] = [params.id ?? "", here().person.id];
      const details = { factors: body.factors };
      await desk.record({ actor: by, act: "person.reset_link_made", subject: id, details });
      const { token, expiresAt } = await links.makeReset(desk.db, by, id, body.factors);
      return { link: `${desk.origin}/account/reset#${token}`, expiresAt };
    },
  }),
  route({
    ...{ method: "get", path: INVITATIONS, access },
    summary: "Lists the invitations that nobody has taken yet.",
    reply: api.invitationsReply,
    handle: async () => ({ items: await links.invitations((await open()).desk.db) }),
  }),
  route({
    ...{ method: "post", path: INVITATIONS, access, fresh: true },
    summary: "Invites somebody: a link to hand over, which works once.",
    body: api.invitationBody,
    reply: api.invitationReply,
    handle: async ({ body }) => {
      const { desk } = await open();
      const by = here().person.id;
      const days = desk.policy.invitation_days;
      const { token, invitation } = await links.invite(desk.db, by, body, days);
      const details = { role: body.role };
      await desk.record({ actor: by, act: "person.invited", subject: invitation.id, details });
      return { invitation, link: `${desk.origin}/account/invitation#${token}` };
    },
  }),
  route({
    ...{ method: "delete", path: `${INVITATIONS}/:id`, access },
    summary: "Withdraws an invitation.",
    handle: async ({ params }) => {
      const { desk } = await open();
      const [id, by] = [params.id ?? "", here().person.id];
      await links.withdraw(desk.db, id);
      await desk.record({ actor: by, act: "person.invitation_withdrawn", subject: id });
    },
  }),
  route({
    ...{ method: "post", path: `${INVITATIONS}/look`, access: "anyone" },
    maxBytes: api.STRANGER_BYTES,
    summary: "Says whom an invitation is for, without using it up.",
    body: api.lookBody,
    reply: api.lookReply,
    handle: async ({ body }) => {
      const { desk } = await open();
      await desk.attempt({});
      const { email, role } = await links.look(desk.db, "invitation", body.token);
      return { email: email ?? "", role: role ?? "member" };
    },
  }),
];
