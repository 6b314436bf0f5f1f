import type { AuditUser } from "../audit/event.ts";

/**
 * Who acts in the sample. Nobody has a real name: people are called by what they do. RAM uids have 18 digits and those of
 * RAM users begin with 2; service accounts have none.
 */
function person(username: string, aliuid: string): AuditUser {
  return { aliuid, username, groups: ["system:users", "system:authenticated"] };
}

function serviceAccount(namespace: string, name: string): AuditUser {
  return {
    aliuid: "",
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
  };
}

export const onCall = person("oncall-01", "204418820735561092");
export const onCallNight = person("值班-02", "206630917254480316");
export const developer = person("dev-12", "201975530864417728");
/** The account that the incident is run from. */
export const stolenDeveloper = person("dev-07", "208712045366914410");
export const databaseAdministrator = person("dba-03", "203356089412207745");
export const platformAdministrator = person("platform-01", "200528846197033150");
export const analyst = person("财务-05", "207091146823350984");

export const stateCheck = serviceAccount("monitoring", "state-check");
export const backup = serviceAccount("ops", "backup");
export const janitor = serviceAccount("ops", "janitor");
export const deployer = serviceAccount("ci", "deployer");
