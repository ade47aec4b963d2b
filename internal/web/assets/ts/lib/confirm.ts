import { create, on } from "./dom";

const confirmed = new WeakSet<HTMLFormElement>();

/** Asks before a <form data-confirm> is sent. What data-confirm-calm sends does no harm: Enter
 *  agrees to it. */
export function startConfirm(): void {
  on("submit", "form[data-confirm]", (element, event) => {
    const form = element as HTMLFormElement;
    if (confirmed.delete(form)) return;
    event.preventDefault();
    ask(form, (event as SubmitEvent).submitter);
  });
}

function ask(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const { confirm = "", confirmText = "", confirmYes = "OK", confirmNo = "Cancel" } = form.dataset;
  const title = create("h2", { id: "confirm-title" }, confirm);
  const calm = "confirmCalm" in form.dataset;
  const no = create("button", { className: "btn", type: "button", autofocus: !calm }, confirmNo);
  const yes = create("button", { className: `btn ${calm ? "btn-primary" : "btn-error"}`, type: "button", autofocus: calm }, confirmYes);
  const dialog = create(
    "dialog",
    { className: "dialog" },
    create("header", { className: "dialog-head" }, title),
    create(
      "div",
      { className: "dialog-body" },
      create("p", {}, confirmText),
      create("div", { className: "dialog-actions" }, no, yes),
    ),
  );
  dialog.setAttribute("aria-labelledby", title.id);
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    dialog.close();
    confirmed.add(form);
    form.requestSubmit(submitter);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    submitter?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
