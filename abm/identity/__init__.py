"""Who somebody is: what a title, a mail address or a domain says."""
