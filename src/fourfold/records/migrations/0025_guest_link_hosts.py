from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0024_outbox")]
    operations = [
        migrations.AddField(
            model_name="guestlink",
            name="hosts",
            field=models.TextField(
                blank=True, default="", help_text="Between spaces; empty where no other site may show it."
            ),
            preserve_default=False,
        ),
    ]
