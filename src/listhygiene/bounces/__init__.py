"""Reading bounces and their like, and naming their causes.

`letter.read_message` reads an e-mail, `mailbox.messages` finds the e-mails of files and folders,
`causes.name_cause` names the cause in a server's words.
"""
